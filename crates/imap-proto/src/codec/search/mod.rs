//! SEARCH, SORT and THREAD: what is asked for, and what comes back.

mod charset;
mod command;
mod correlator;
mod data;
mod esearch;
mod key;
mod modseq;
mod nested;
mod program;
mod return_opt;
mod sort;
mod thread;
mod thread_data;

pub use charset::Charset;
pub use command::Search;
pub(crate) use command::{encode_program, parse_program};
pub use correlator::Correlator;
pub use data::{SearchData, SortData};
pub use esearch::{EsearchData, EsearchItem, ResultUpdate};
pub use key::{FilterName, HeaderKey, SearchKey, UnknownSearchKey};
pub use modseq::{EntryType, ModSeqKey};
pub use nested::{InThread, SearchKeys, SearchSubkey};
pub use return_opt::SearchReturnOpt;
pub use sort::{Sort, SortCriteria, SortCriterion, SortKey};
pub use thread::{Thread, ThreadAlgorithm};
pub use thread_data::{ThreadData, ThreadNode, ThreadTree};

pub(crate) use return_opt::{encode_return_opts, parse_return_opts};

/// The strategies of the nouns of a search.
#[cfg(test)]
#[allow(unused_imports)]
pub(crate) mod tests {
    pub(crate) use super::charset::tests::any_charset;
    pub(crate) use super::command::tests::{any_program, any_returning, any_search};
    pub(crate) use super::correlator::tests::any_correlator;
    pub(crate) use super::data::tests::any_search_data;
    pub(crate) use super::esearch::tests::any_esearch_data;
    pub(crate) use super::program::tests::any_search_key;
    pub(crate) use super::return_opt::tests::{any_ext, any_return_opt};
    pub(crate) use super::sort::tests::any_sort;
    pub(crate) use super::thread::tests::any_thread;
    pub(crate) use super::thread_data::tests::any_thread_data;
}

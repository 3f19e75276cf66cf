//! Every case about behaviour, and every item of SECURITY.md: which tests show it on either side, or why
//! none does. Also what can be read off the sources alone.
//!
//! `quirks/table.rs` does the same for the syntax.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

/// What shows a case on one side.
enum Proof {
    /// `file::test`, the file below `tests`, or below the crate if it begins with `src` or `..`.
    By(&'static [&'static str]),
    /// Why there is nothing to show.
    Not(&'static str),
}

use Proof::{By, Not};

const CLIENT: Proof = Not("it is about clients: what ours sends is what its application gives");
const SERVER: Proof = Not("it is about servers: what ours says is what its application says");
const SYNTAX: Proof = Not("syntax alone: tests/quirks");
const STORE: Proof = Not("mailstore-core: mailboxes and what is in them");
const POP3: Proof = Not("POP3: pop3-proto");

/// The case; what the client does; what the server does.
#[rustfmt::skip]
const TABLE: &[(&str, Proof, Proof)] = &[
    ("Q31", By(&["client/quirks::q31_plus_alone_goes_ahead_everywhere"]), SERVER),
    ("Q32", By(&["client/sasl::prompts_that_are_no_base64"]), By(&["server/authenticate::broken_base64_breaks_the_exchange"])),
    ("Q33", By(&["client/quirks::q33_prompts_are_told_as_they_are"]), SERVER),
    ("Q34", By(&["client/quirks::q34_who_offers_sasl_ir_and_does_not_take_it_is_asked_again_without", "client/sasl::the_initial_response_goes_with_the_command_where_it_is_offered", "client/sasl::otherwise_it_answers_the_first_challenge"]), By(&["server/authenticate::an_initial_response_may_be_empty"])),
    ("Q35", By(&["client/quirks::q35_mechanisms_are_tried_in_the_order_of_the_application"]), By(&["server/authenticate::a_refused_login_says_why_and_some_are_too_many"])),
    ("Q36", By(&["client/quirks::q36_servers_that_read_one_form_of_strings"]), SYNTAX),
    ("Q37", By(&["client/quirks::q37_starttls_is_not_listed_behind_tls"]), By(&["server/handovers::starttls_hands_over_and_begins_anew", "server/handovers::starttls_needs_to_be_offered"])),
    ("Q38", By(&["client/basics::greetings"]), By(&["server/commands::greetings"])),
    ("Q100", By(&["client/fetch::q100_one_bad_item_does_not_lose_what_follows", "client/basics::what_cannot_be_read_loses_nothing_else"]), SERVER),
    ("Q101", By(&["client/quirks::q101_expunge_while_numbers_are_in_use_is_told_where_it_stands"]), By(&["server/legality::expunge_never_while_sequence_numbers_are_in_use_or_no_command_is"])),
    ("Q102", By(&["client/quirks::q102_vanished_without_uids"]), By(&["server/legality::vanished_takes_the_place_of_expunge"])),
    ("Q103", By(&["client/quirks::q103_bye_without_end", "client/basics::bye_ends_the_connection_unless_it_was_asked_for"]), By(&["server/quirks::q103_bye_is_said_once_and_nothing_behind_it"])),
    ("Q104", By(&["client/quirks::q104_idle_that_was_never_accepted_but_talks", "client/idle::a_server_may_end_it_or_refuse_it", "client/idle::it_is_to_be_refreshed_before_the_server_logs_out"]), By(&["server/quirks::q104_done_is_taken_in_any_case_and_when_it_is_there_already", "server/idle::a_server_may_end_it_and_the_done_that_is_on_its_way_is_no_command"])),
    ("Q105", By(&["client/quirks::q105_the_selected_mailbox_may_be_selected_again"]), By(&["server/quirks::c8_news_wait_for_whom_the_application_wants_to_wait"])),
    ("Q106", By(&["client/quirks::q106_data_come_in_the_midst_of_an_exchange_and_of_an_upload", "client/basics::untagged_data_in_every_state"]), By(&["server/quirks::q106_news_may_be_told_in_the_midst_of_an_exchange_and_of_an_upload"])),
    ("Q107", By(&["client/quirks::q107_untagged_no_is_a_warning"]), By(&["server/quirks::c18_status_of_the_selected_mailbox_is_a_command_like_others"])),
    ("Q108", By(&["client/quirks::q108_no_number_of_warnings_is_the_answer_of_a_command"]), SERVER),
    ("Q110", By(&["src/codec/set/tests::q110_a_set_is_divided_by_the_length_of_its_text"]), By(&["server/limits::lines"])),
    ("Q111", By(&["client/literals::literals_flow_as_the_server_says", "pair/dialogues::literals_of_more_than_4096_octets_wait_where_they_must"]), By(&["server/literals::literal_minus_takes_4096_octets_without_waiting_and_one_more_not"])),
    ("Q114", By(&["client/security::s8_compression"]), By(&["server/handovers::compress_leaves_what_follows_to_the_inflater"])),
    ("Q115", Not("ANNOTATE is never asked for by itself: quirks/encoder"), SERVER),
    ("Q124", By(&["client/quirks::q124_data_that_came_before_a_no_have_been_told"]), SERVER),
    ("Q127", By(&["client/quirks::q127_an_end_instead_of_an_answer_says_what_was_sent", "client/basics::at_the_end_each_command_learns_how_far_it_was_sent"]), SERVER),
    ("C1", By(&["client/idle::idle_and_done"]), By(&["server/quirks::c1_a_command_right_behind_done_is_not_thrown_away", "server/idle::what_follows_done_in_the_same_segment_is_the_next_command"])),
    ("C2", CLIENT, By(&["server/quirks::c2_changed_since_0_means_all"])),
    ("C3", CLIENT, By(&["server/quirks::c3_special_use_may_be_told_without_being_asked_for"])),
    ("C4", By(&["client/pipelining::commands_go_out_at_once_and_are_answered_in_any_order"]), By(&["server/quirks::c4_tagged_replies_come_in_the_order_of_the_commands"])),
    ("C5", CLIENT, By(&["server/quirks::c5_items_are_written_in_the_order_of_the_application"])),
    ("C6", CLIENT, By(&["server/quirks::c6_capability_is_answered_as_often_as_it_is_asked"])),
    ("C7", CLIENT, By(&["server/legality::no_mod_sequence_before_a_command_that_enables_condstore"])),
    ("C8", CLIENT, By(&["server/quirks::c8_news_wait_for_whom_the_application_wants_to_wait"])),
    ("C9", CLIENT, STORE),
    ("C10", CLIENT, STORE),
    ("C11", CLIENT, By(&["server/quirks::c11_after_enable_names_are_utf8_and_an_ampersand_is_one", "server/legality::what_is_enabled_changes_how_strings_are_written"])),
    ("C12", By(&["security/literals::s10_capability_size_and_form"]), By(&["server/quirks::c12_a_literal_over_the_limit_is_discarded_with_what_it_holds"])),
    ("C13", By(&["client/append::nul_only_in_a_literal8"]), By(&["server/quirks::c13_literal8_in_append", "server/literals::literal8_stands_only_where_the_grammar_has_it"])),
    ("C14", CLIENT, By(&["server/quirks::c14_sasl_odds", "server/authenticate::a_star_gives_up_and_the_session_goes_on"])),
    ("C15", CLIENT, By(&["server/quirks::c15_bare_lf_by_name_only_and_then_everywhere"])),
    ("C16", CLIENT, By(&["server/quirks::c16_fetch_with_and_without_parentheses"])),
    ("C17", CLIENT, By(&["server/quirks::c17_store_without_parentheses_and_empty"])),
    ("C18", CLIENT, By(&["server/quirks::c18_status_of_the_selected_mailbox_is_a_command_like_others"])),
    ("C19", CLIENT, By(&["server/quirks::c19_inbox_in_any_case"])),
    ("C20", By(&["client/timers::idle_has_no_deadline_but_its_refreshing"]), By(&["server/timers::who_idles_is_logged_out_unless_something_is_sent_to_him"])),
    ("C21", CLIENT, By(&["server/quirks::c21_keywords_are_what_they_are"])),
    ("C22", CLIENT, By(&["server/quirks::c22_esearch_names_the_tag_as_a_string"])),
    ("C23", By(&["client/basics::greetings"]), By(&["server/quirks::c23_what_is_no_imap_is_hung_up_on_at_once", "server/limits::whoever_is_no_imap_client_is_hung_up_on"])),
    ("C24", Not("flushing is the driver's deflater"), Not("what an inflater hands out, and when, is the driver's")),
    ("C25", POP3, POP3),
    ("C26", POP3, POP3),
    ("C27", POP3, POP3),
    ("C28", By(&["client_memory::clients_cost_what_they_must"]), By(&["server/quirks::c28_a_connection_is_cheap", "server_memory::a_server_costs_what_it_must"])),
    ("C29", By(&["client/cuts::the_same_events_however_the_octets_come"]), By(&["server/quirks::c29_responses_are_handed_out_whole"])),
    ("S1", Not("the server's: S2 is its twin"), By(&["server_security/tls::s1_commands_behind_starttls_are_never_executed", "server_security/tls::s1_a_literal_in_front_of_starttls_is_a_literal", "server_security/tls::s1_plaintext_that_comes_with_the_handshake_is_refused"])),
    ("S2", By(&["client/security::s2_nothing_between_the_ok_of_starttls_and_the_handshake", "client/security::s2_nothing_in_the_input_when_tls_begins"]), Not("the client's: S1 is its twin")),
    ("S3", By(&["client/security::s3_the_answer_to_starttls_does_not_come_before_it", "client/pipelining::a_reply_to_what_has_not_been_sent_is_fatal", "client/pipelining::tags_begin_as_they_are_told_to"]), Not("a server has nothing to guess")),
    ("S4", By(&["client/security::s4_preauth_before_tls"]), Not("whether it says PREAUTH is the application's")),
    ("S5", By(&["client/security::s5_capabilities_from_before_tls_are_forgotten", "client/security::s5_capabilities_from_before_the_login_are_forgotten"]), By(&["server_security/tls::s5_what_is_announced_depends_on_the_channel"])),
    ("S6", By(&["client/security::s6_credentials_wait_for_tls", "client/security::s6_logindisabled"]), By(&["server_security/tls::s6_credentials_need_tls_unless_the_policy_says_otherwise", "server/literals::a_password_is_refused_before_it_is_sent_where_tls_is_required"])),
    ("S7", By(&["client/quirks::s7_an_event_can_be_asked_whether_it_was_protected"]), Not("it shows nothing to anybody")),
    ("S8", By(&["client/security::s8_compression", "client/security::s8_a_bomb_behind_compress_meets_the_limits", "client/security::s8_compression_that_has_not_begun_when_its_end_is_asked_for"]), By(&["server_security/tls::s8_nothing_is_executed_between_compress_and_its_begin", "server_security/exhaustion::s8_a_bomb_behind_compress_meets_the_limits", "server/handovers::compress_is_for_after_login_and_where_it_is_offered"])),
    ("S9", By(&["client/injection::s9_one_command_stays_one", "security/injection::s09_no_octets_make_two_commands", "security/injection::s09_no_tag_makes_two_commands", "security/injection::s09_no_answer_of_sasl_makes_two_lines"]), Not("S11 is its twin")),
    ("S10", By(&["security/literals::s10_capability_size_and_form", "security/literals::s10_a_new_client_knows_of_no_literal", "client/literals::literals_wait_behind_what_makes_the_capabilities_doubtful"]), By(&["server_security/desync::s10_s24_the_octets_of_a_refused_literal_are_never_commands", "server_security/desync::s10_an_announcement_is_believed_wherever_the_line_is_wrong"])),
    ("S11", By(&["security/injection::s11_encoded_words_are_not_decoded"]), By(&["server_security/injection::s11_a_text_that_looks_like_a_code_is_none", "server_security/injection::s11_whatever_a_mailbox_is_called_it_is_one_response", "server_security/injection::s11_whatever_a_text_says_it_is_one_response", "security/injection::s11_no_octets_make_two_responses"])),
    ("S12", POP3, POP3),
    ("S13", By(&["client/security::s13_announcements_reserve_nothing_and_many_meet_one_budget", "security/exhaustion::s13_announcements_allocate_nothing"]), By(&["server_security/exhaustion::s13_every_state_bounds_its_lines", "server_security/exhaustion::s13_a_number_allocates_nothing", "server_security/exhaustion::s13_many_literals_meet_one_budget", "server/literals::every_state_refuses_a_literal_over_its_limit"])),
    ("S14", By(&["client/literals::limits_end_the_connection"]), By(&["server/limits::lines", "server/limits::nesting_and_elements"])),
    ("S15", By(&["client/security::s15_ranges_stay_ranges", "security/exhaustion::s15_ranges_stay_ranges"]), By(&["server_security/exhaustion::s15_ranges_stay_ranges"])),
    ("S16", By(&["client/security::s16_a_million_parentheses_cost_their_response", "security/depth::s16_responses_a_million_deep"]), By(&["server_security/exhaustion::s16_nesting_is_refused_at_its_limit", "security/depth::s16_commands_a_million_deep"])),
    ("S17", By(&["client/cuts::octets_are_looked_at_once", "security/exhaustion::s17_each_octet_is_looked_at_once"]), By(&["server/splits::a_megabyte_octet_by_octet_costs_what_it_costs_at_once", "frame/linear::s17_a_line_of_16_mib_in_single_octets_costs_its_octets"])),
    ("S18", By(&["pair_cases::s18_nothing_hashes_what_a_peer_chooses"]), By(&["pair_cases::s18_nothing_hashes_what_a_peer_chooses"])),
    ("S19", CLIENT, STORE),
    ("S20", CLIENT, STORE),
    ("S21", By(&["client/timers::greeting_login_and_command", "client/timers::what_cannot_be_written_is_not_waited_for_for_ever", "client/timers::a_body_that_does_not_end", "client/timers::handovers"]), By(&["server_security/exhaustion::s21_every_state_with_pending_io_has_a_deadline", "server/timers::every_state_has_a_deadline_unless_the_application_has_the_word"])),
    ("S22", By(&["pair_memory::what_is_joined_costs_what_it_must", "client_memory::clients_cost_what_they_must"]), By(&["server_security/exhaustion::s22_events_are_pulled_and_never_queue_up", "server_security/exhaustion::s22_an_application_that_says_much_is_told_when_there_is_room", "security/exhaustion::s22_elements_of_lists"])),
    ("S23", By(&["client/quirks::s23_counts_are_believed_and_reserve_nothing", "security/exhaustion::s23_numbers_at_their_bounds"]), By(&["server_security/exhaustion::s23_counts_at_the_edges_are_read_or_refused"])),
    ("S24", By(&["client/security::s24_a_literal_that_is_refused_is_never_parsed"]), By(&["server_security/desync::s24_a_synchronizing_literal_that_is_refused_owes_nothing", "server_security/desync::s24_a_message_that_is_refused_anywhere_is_never_commands"])),
    ("S25", By(&["client/security::s25_an_answer_completes_the_command_of_its_tag_alone", "pair/model::what_is_given_is_done_and_what_is_said_is_told"]), By(&["server_security/desync::s25_each_tag_is_answered_once_and_in_order", "server_model::random_clients_and_applications_understand_each_other"])),
    ("S26", By(&["client/sasl::s26_challenges_out_of_turn"]), By(&["server_security/tls::s26_answers_of_an_exchange_are_commands_outside_of_it", "server_security/tls::s26_an_exchange_that_breaks_anywhere_completes_its_tag_once"])),
    ("S27", By(&["src/codec/utf7::other_forms_are_no_names", "src/codec/utf7::text_and_forms_are_one_to_one"]), By(&["src/codec/utf7::other_forms_are_no_names", "src/codec/utf7::text_and_forms_are_one_to_one"])),
    ("S28", By(&["frame/units::s28_the_lenient_framer_finds_no_more_units_than_line_ends"]), By(&["server_security/desync::s28_bare_cr_nul_and_lf_are_one_command_or_none", "frame/units::s28_bare_cr_and_nul_are_left_to_the_parser"])),
    ("S29", By(&["client/leaks::s29_secrets_are_shown_nowhere", "security/leaks::s29_secrets_of_commands", "pair/model::what_is_given_is_done_and_what_is_said_is_told"]), By(&["server_security/leaks::s29_no_trace_debug_or_output_shows_credentials", "server_security/leaks::s29_challenges_are_hidden", "server_security/leaks::s29_a_login_after_login_is_hidden_too"])),
    ("S30", By(&["security/leaks::s30_what_is_shown_of_a_peer"]), By(&["server_security/injection::s30_what_a_client_says_comes_back_in_no_text"])),
    ("S31", Not("the server's: a client compares one signature, which is its own"), By(&["../mail-proto/tests/sasl/exchanges::wrong_credentials_and_unknown_users_are_refused_alike", "../mail-proto/tests/sasl/hostile_client::nobody_learns_who_exists"])),
    ("S32", By(&["client/security::s32_a_referral_is_told_and_not_followed"]), STORE),
    ("S33", By(&["client/model::whatever_happens", "pair/model::whatever_comes_of_the_octets_each_command_ends_once", "security/mutation::s33_every_position_of_every_vector"]), By(&["pair/model::whatever_comes_of_the_octets_each_command_ends_once", "security/mutation::s33_all_short_strings_of_the_signs"])),
    ("S34", By(&["../mail-proto/src/sasl/plain::credentials_hold_no_separators", "../mail-proto/tests/sasl/hostile_client::s34_separators_in_any_field_of_any_mechanism"]), By(&["server_security/injection::s34_what_sasl_decodes_is_never_echoed"])),
    ("S35", By(&["../mail-proto/tests/sasl/hostile_server::s35_a_work_factor_out_of_bounds_is_refused_before_any_work", "../mail-proto/tests/sasl/hostile_server::s35_a_signature_that_is_wrong_or_missing", "../mail-proto/tests/sasl/wire/dialogues::s35_success_without_the_rest_of_the_exchange_is_not_taken"]), Not("the client's: a server chooses the work factor itself")),
    ("S36", By(&["pair_cases::s36_no_example_builds_what_is_sent_from_text"]), Not("it sends what it is told as types")),
];

/// The cases, as they were copied.
fn cases() -> Vec<&'static str> {
    let lines = include_str!("data/behaviour-cases.tsv").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').next().unwrap())
        .collect()
}

/// Whether there is such a test.
fn exists(test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else { return false };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_in_tests = !file.starts_with("src") && !file.starts_with("..");
    let folder = if is_in_tests { folder.join("tests") } else { folder.to_owned() };
    let text = fs::read_to_string(folder.join(format!("{file}.rs"))).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let begins = format!("fn {name}(");
    lines.windows(2).any(|two| two[0] == "#[test]" && two[1].contains(&begins))
}

#[test]
fn no_case_is_forgotten() {
    let rows: Vec<&str> = TABLE.iter().map(|(case, ..)| *case).collect();
    assert_eq!(rows, cases());
}

#[test]
fn each_test_that_is_named_exists() {
    let mut missing = Vec::new();
    for (case, client, server) in TABLE {
        for proof in [client, server] {
            match proof {
                By(tests) => {
                    assert!(!tests.is_empty(), "{case}");
                    let unknown = tests.iter().filter(|test| !exists(test));
                    missing.extend(unknown.map(|test| format!("{case}: {test}")));
                }
                Not(reason) => assert!(!reason.is_empty(), "{case}"),
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(!exists("client/quirks::there_is_no_such_test"));
    assert!(!exists("client/quirks::q31"), "the whole name counts");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    files
}

/// The lines of the library in which this stands, in code or in the documentation of it.
fn lines_with(what: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for file in sources(&folder) {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().filter(|line| line.contains(what));
        found.extend(lines.map(|line| format!("{}: {line}", file.display())));
    }
    found
}

#[test]
fn s18_nothing_hashes_what_a_peer_chooses() {
    for map in ["HashMap", "HashSet", "hashbrown"] {
        assert_eq!(lines_with(map), Vec::<String>::new());
    }
}

#[test]
fn s36_no_example_builds_what_is_sent_from_text() {
    let examples = lines_with("format!(");
    let documented = examples.iter().filter(|line| line.contains("///") || line.contains("//!"));
    // To look at something is no harm.
    let documented = documented.filter(|line| !line.contains(":?}"));
    assert_eq!(documented.collect::<Vec<_>>(), Vec::<&String>::new());
}

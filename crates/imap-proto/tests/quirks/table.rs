//! Every case of QUIRKS.md: which test reads its octets, or why none does.

use crate::{
    authentication, clients, encoder, envelope, fetch, framing, names, search, select, state,
    status, structure,
};

/// Server cases and client cases; P cases are POP3.
const SERVERS: usize = 127;
const CLIENTS: usize = 29;

enum Case {
    Read(&'static [fn()]),
    /// The octets are read, and what follows of them is for another crate or layer.
    Not(&'static str),
}

use Case::{Not, Read};

const CONNECTIONS: Case = Not("behaviour: connections");
const STORE: Case = Not("behaviour: mailstore-core and what stores mail");
const POP3: Case = Not("POP3: pop3-proto");

#[rustfmt::skip]
const TABLE: &[(&str, Case)] = &[
    ("Q1", Read(&[framing::q1_nul_before_a_response])),
    ("Q2", Read(&[framing::q2_bare_lf_by_name_only, framing::q2_cr_and_lf_alone_are_not_two_lines])),
    ("Q3", Read(&[framing::q3_unbalanced_quote_in_text])),
    ("Q4", Read(&[framing::q4_no_literal_at_the_end_of_a_text])),
    ("Q5", Read(&[framing::q5_quotes_inside_of_quotes])),
    ("Q6", Read(&[framing::q6_octets_above_127_in_quotes])),
    ("Q7", Read(&[framing::q7_octets_above_127_in_text])),
    ("Q8", Read(&[framing::q8_nul_in_a_literal])),
    ("Q9", Read(&[framing::q9_words_in_any_case])),
    ("Q10", Read(&[framing::q10_space_at_the_end, framing::q10_space_at_the_end_of_every_response])),
    ("Q11", Read(&[framing::q11_space_inside_a_list])),
    ("Q12", Read(&[framing::q12_stray_octet_at_the_end])),
    ("Q13", Read(&[framing::q13_a_line_that_is_no_imap])),
    ("Q14", Read(&[framing::q14_a_code_without_a_condition])),
    ("Q15", Read(&[framing::q15_continuations_that_nobody_asked_for])),
    ("Q16", Read(&[framing::q16_bad_without_a_tag])),
    ("Q17", Read(&[framing::q17_logged_in_and_of_no_use])),
    ("Q18", Read(&[status::q18_a_code_without_a_text])),
    ("Q19", Read(&[status::q19_brackets_that_are_no_code])),
    ("Q20", Read(&[status::q20_throttled_in_the_text])),
    ("Q21", Read(&[status::q21_long_urls_in_codes])),
    ("Q22", Read(&[status::q22_capabilities_without_imap4rev1])),
    ("Q23", Read(&[status::q23_capabilities_in_the_midst_of_a_login])),
    ("Q24", Read(&[status::q24_enabled_is_missing_or_empty])),
    ("Q25", Read(&[status::q25_enable_of_unknown_words])),
    ("Q26", Read(&[status::q26_forms_of_id, status::q26_id_from_a_client])),
    ("Q27", Read(&[status::q27_id_before_select])),
    ("Q28", Read(&[status::q28_known_codes_with_odd_arguments])),
    ("Q29", Read(&[status::q29_id_refused])),
    ("Q30", Read(&[status::q30_names_of_servers_in_greetings])),
    ("Q31", Read(&[authentication::q31_plus_alone])),
    ("Q32", Read(&[authentication::q32_text_or_base64])),
    ("Q33", Read(&[authentication::q33_prompts_of_auth_login])),
    ("Q34", Read(&[authentication::q34_initial_responses])),
    ("Q35", Read(&[authentication::q35_mechanisms_in_their_order])),
    ("Q36", Read(&[authentication::q36_login_in_all_forms])),
    ("Q37", Read(&[authentication::q37_units_behind_starttls])),
    ("Q38", Read(&[authentication::q38_bye_as_a_greeting])),
    ("Q39", Read(&[names::q39_inbox_in_other_spellings])),
    ("Q40", Read(&[names::q40_names_without_quotes])),
    ("Q41", Read(&[names::q41_delimiters])),
    ("Q42", Read(&[names::q42_names_as_literals])),
    ("Q43", Read(&[names::q43_delimiters_at_the_ends_of_names])),
    ("Q44", Read(&[names::q44_special_use])),
    ("Q45", Read(&[names::q45_list_of_the_delimiter])),
    ("Q46", Read(&[names::q46_namespace])),
    ("Q47", Read(&[names::q47_large_and_missing_values])),
    ("Q48", Read(&[names::q48_attributes_of_all_sorts])),
    ("Q49", Read(&[select::q49_zero_for_what_begins_at_one])),
    ("Q50", Read(&[select::q50_exists_again_and_again])),
    ("Q51", Read(&[select::q51_asterisks_and_brackets_in_flags, select::q51_brackets_in_the_flags_of_a_code])),
    ("Q52", Read(&[select::q52_nil_and_quotes_among_flags])),
    ("Q53", Read(&[select::q53_mod_sequences_out_of_range])),
    ("Q54", Read(&[select::q54_mod_sequences_that_nobody_asked_for])),
    ("Q55", Read(&[select::q55_numbers_in_floating_point])),
    ("Q56", Read(&[select::q56_negative_numbers])),
    ("Q57", Read(&[select::q57_nil_for_numbers])),
    ("Q58", Read(&[select::q58_messages_that_are_not_there])),
    ("Q59", Read(&[select::q59_uids_in_no_order])),
    ("Q60", Read(&[envelope::q60_fields_at_the_end_are_missing])),
    ("Q61", Read(&[envelope::q61_empty_lists_of_addresses])),
    ("Q62", Read(&[envelope::q62_nil_among_addresses])),
    ("Q63", Read(&[envelope::q63_groups_out_of_balance])),
    ("Q64", Read(&[envelope::q64_placeholders])),
    ("Q65", Read(&[envelope::q65_fields_swapped])),
    ("Q66", Read(&[envelope::q66_characters_counted_for_octets])),
    ("Q67", Read(&[envelope::q67_message_ids_of_any_sort])),
    ("Q68", Read(&[envelope::q68_quotes_in_a_message_id])),
    ("Q69", Read(&[structure::q69_a_multipart_as_one_part])),
    ("Q70", Read(&[structure::q70_multiparts_without_parts])),
    ("Q71", Read(&[structure::q71_half_a_media_type])),
    ("Q72", Read(&[structure::q72_a_part_of_nil])),
    ("Q73", Read(&[structure::q73_odd_encodings])),
    ("Q74", Read(&[structure::q74_parameters_of_nil])),
    ("Q75", Read(&[structure::q75_quotes_inside_of_a_parameter])),
    ("Q76", Read(&[structure::q76_languages_and_locations])),
    ("Q77", Read(&[structure::q77_messages_without_envelope_or_body])),
    ("Q78", Read(&[structure::q78_lines_missing_or_too_many])),
    ("Q79", Read(&[structure::q79_a_structure_that_is_none])),
    ("Q80", Read(&[structure::q80_structures_too_deep])),
    ("Q81", Read(&[fetch::q81_sizes_that_lie])),
    ("Q82", Read(&[fetch::q82_values_of_sections])),
    ("Q83", Read(&[fetch::q83_a_literal_too_short])),
    ("Q84", Read(&[fetch::q84_fetch_with_a_tag])),
    ("Q85", Read(&[fetch::q85_bodies_without_a_line_end])),
    ("Q86", Read(&[fetch::q86_items_behind_the_list])),
    ("Q87", Read(&[fetch::q87_fetch_of_nothing, fetch::q87_items_in_parentheses_of_their_own])),
    ("Q88", Read(&[fetch::q88_unknown_items])),
    ("Q89", Read(&[fetch::q89_sections_as_the_server_says_them])),
    ("Q90", STORE),
    ("Q91", Read(&[fetch::q91_what_is_in_a_header])),
    ("Q92", Read(&[fetch::q92_no_space_between_items])),
    ("Q93", Read(&[fetch::q93_literal8_or_literal])),
    ("Q94", Read(&[search::q94_search_for_esearch])),
    ("Q95", Read(&[search::q95_search_lines])),
    ("Q96", Read(&[search::q96_charsets])),
    ("Q97", Read(&[search::q97_copyuid_of_nothing])),
    ("Q98", Read(&[search::q98_appenduid_of_several])),
    ("Q99", Read(&[search::q99_threads_without_roots])),
    ("Q100", Read(&[structure::q100_one_odd_item_is_one_malformed_item])),
    ("Q101", Read(&[state::q101_expunge_during_fetch])),
    ("Q102", Read(&[state::q102_vanished_without_uids])),
    ("Q103", Read(&[state::q103_bye_again_and_again])),
    ("Q104", Read(&[state::q104_idle])),
    ("Q105", CONNECTIONS),
    ("Q106", Read(&[state::q106_data_before_a_continuation])),
    ("Q107", Read(&[state::q107_status_of_the_selected_mailbox])),
    ("Q108", Read(&[state::q108_alerts_without_a_tag])),
    ("Q109", Read(&[encoder::q109_descending_ranges, encoder::q109_sets_of_numbers_ascend])),
    ("Q110", Not("what a server reads at once: `Ranges::split`, src/codec/set/tests.rs q110_...; its limits: server/limits.rs")),
    ("Q111", Read(&[encoder::q111_literals_that_the_server_knows, encoder::q111_literals_that_a_server_refuses])),
    ("Q112", Read(&[encoder::q112_create_with_a_delimiter])),
    ("Q113", Read(&[encoder::q113_store_of_no_flags])),
    ("Q114", CONNECTIONS),
    ("Q115", Read(&[encoder::q115_annotate_by_name_only])),
    ("Q116", Read(&[encoder::q116_two_spaces])),
    ("Q117", Read(&[encoder::q117_the_wrong_name])),
    ("Q118", Read(&[names::q118_names_that_look_like_something_else])),
    ("Q119", Read(&[names::q119_list_for_xlist])),
    ("Q120", Read(&[encoder::q120_greetings_that_are_none])),
    ("Q121", Read(&[encoder::q121_no_mod_sequence])),
    ("Q122", Read(&[search::q122_one_search_line_of_a_megabyte])),
    ("Q123", Read(&[fetch::q123_line_ends_in_quotes, fetch::q123_the_encoder_never_does_it])),
    ("Q124", Read(&[state::q124_data_and_then_no])),
    ("Q125", Read(&[encoder::q125_return_options_one_by_one])),
    ("Q126", Read(&[encoder::q126_keywords_are_atoms])),
    ("Q127", Read(&[encoder::q127_bye_in_the_midst])),
    ("C1", Read(&[state::c1_a_command_right_behind_done])),
    ("C2", Read(&[clients::c2_changedsince_0])),
    ("C3", Read(&[clients::c3_plain_list_and_lsub])),
    ("C4", Read(&[clients::c4_commands_in_one_segment])),
    ("C5", Read(&[clients::c5_items_in_their_order])),
    ("C6", Read(&[clients::c6_capability_again])),
    ("C7", CONNECTIONS),
    ("C8", CONNECTIONS),
    ("C9", STORE),
    ("C10", STORE),
    ("C11", Read(&[names::c11_names_with_an_ampersand])),
    ("C12", Read(&[clients::c12_a_literal_beyond_all_limits])),
    ("C13", Read(&[clients::c13_literal8_in_append])),
    ("C14", Read(&[authentication::c14_lines_of_authenticate])),
    ("C15", Read(&[clients::c15_bare_lf_by_name_only])),
    ("C16", Read(&[clients::c16_one_item_or_a_list])),
    ("C17", Read(&[clients::c17_flags_without_parentheses])),
    ("C18", Read(&[clients::c18_status_of_the_selected_mailbox])),
    ("C19", Read(&[names::c19_inbox_in_any_case])),
    ("C20", CONNECTIONS),
    ("C21", Read(&[clients::c21_keywords_of_all_sorts])),
    ("C22", Read(&[clients::c22_the_tag_of_an_esearch])),
    ("C23", Read(&[clients::c23_what_is_no_imap])),
    ("C24", CONNECTIONS),
    ("C25", POP3),
    ("C26", POP3),
    ("C27", POP3),
    ("C28", CONNECTIONS),
    ("C29", Read(&[clients::c29_a_line_in_two_segments])),
];

/// The name of a test begins with that of its case, so that a line of the table cannot name another's.
fn begins(name: &str, case: &str) -> bool {
    let test = name.rsplit("::").next().unwrap_or_default();
    test.split('_').next().is_some_and(|front| front.eq_ignore_ascii_case(case))
}

#[test]
fn no_case_is_forgotten() {
    let servers = (1..=SERVERS).map(|number| format!("Q{number}"));
    let cases: Vec<_> = servers.chain((1..=CLIENTS).map(|number| format!("C{number}"))).collect();
    let rows: Vec<_> = TABLE.iter().map(|(case, _)| (*case).to_owned()).collect();
    assert_eq!(rows, cases);
    for (case, row) in TABLE {
        match row {
            Read(tests) => assert!(!tests.is_empty(), "{case}"),
            Not(reason) => assert!(!reason.is_empty(), "{case}"),
        }
    }
}

#[test]
fn each_row_names_its_own_tests() {
    let source = include_str!("table.rs");
    let rows = source.lines().filter_map(|line| line.trim().strip_prefix("(\""));
    let mut count = 0;
    for row in rows {
        let (case, rest) = row.split_once('"').unwrap();
        let Some((_, tests)) = rest.split_once("Read(&[") else { continue };
        let tests = tests.split_once(']').unwrap().0;
        assert!(tests.split(", ").all(|test| begins(test, case)), "{case}: {tests}");
        count += 1;
    }
    assert!(count > 120, "{count}");
}

//! From signing up to the filed application.
//!
//! What makes people lose their work, their day or their trust in forms like these, and the test that keeps it from
//! happening here:
//!
//! | what happens elsewhere | the test |
//! |---|---|
//! | words vanish on the way through the sign-in | `typing::a_sign_in_that_ends_while_typing_is_taken_up_again` |
//! | nobody finds the button that files, or presses the wrong one | `checks::a_complete_draft_is_read_again_and_filed_by_one_button` |
//! | a draft that is saved is taken for a file that is filed | `pages::every_section_of_every_call_is_shown_and_says_it_is_a_draft` |
//! | a whole file is turned away for a box left empty | `checks::what_is_missing_is_named_with_the_way_to_it_and_nothing_can_be_filed` |
//! | a lost link makes a second draft, then a third | `applications::a_second_start_opens_the_first_and_a_withdrawn_file_makes_room` |
//! | a page loaded again does its work twice | `applications::a_second_click_gets_the_first_answer` |
//! | a draft cannot be saved, or must be saved twice | `field_saves::each_field_saves_by_itself_on_either_database` |
//! | a form that changes takes answers with it | `officer::revisions`, `file_answers::what_changes_for_drafts_is_told_before_the_question_goes` |
//! | a save fails, and only those who see the screen know | `typing::a_cut_network_and_a_closed_tab_take_nothing_away` |
//! | a save is on its way, and the page says it is done | `clocks::a_save_on_its_way_says_so_and_only_then_that_it_is_done` |
//! | work stops where the network stops | `typing::a_cut_network_and_a_closed_tab_take_nothing_away` |
//! | the end of the session comes without a word | `clocks::the_end_of_a_sign_in_is_told_before_it_comes_and_put_off_by_one_button` |
//! | midnight is read as the evening before, or the zone is another one | `clocks::the_last_minute_is_that_of_paris` |
//! | the rest of the time follows a wrong clock | `clocks::the_rest_before_the_deadline_is_right_on_a_device_whose_clock_is_wrong` |
//! | a file is taken after the deadline, or refused before it | `applications::the_last_second_counts_and_the_next_one_does_not` |
//! | the door closes on whoever is pressing the button | `passes::a_page_opened_in_the_last_second_gives_twenty_minutes_and_not_one_second_more` |
//! | one late file is let in by opening the call to all | `passes::an_officer_opens_one_file_until_an_hour_and_no_other` |
//! | a file is frozen though something is asked of it | `complements::only_what_was_ticked_reopens_on_either_database` |
//! | a call begun again closes in the past | `officer::calls`, `calls` |
//! | a reminder goes to who has filed, or says the opposite of another mail | `closing_reminders::a_reminder_that_is_no_longer_true_does_not_leave` |
//! | a file is opened by its address | `pages::somebody_elses_file_is_a_page_that_does_not_exist` |
//! | a conflict is known to the team alone | `applications::a_file_exists_only_for_those_it_concerns` |
//! | an account number typed as text cannot be paid | `bad_input::amounts_and_days_that_cannot_be_are_said_beside_the_field` |
//! | nothing (0 €) disappears between two pages | `field_saves::amounts_come_back_with_the_totals_of_the_whole_budget` |
//! | rows of a table are missing from the export, columns move | `exports::answers::every_question_has_its_column_and_no_row_is_dropped` |
//! | a spreadsheet computes what somebody typed | `exports::answers::every_question_has_its_column_and_no_row_is_dropped` |
//! | amounts are added up by hand | `groups::rows_save_by_themselves_and_bring_what_follows_from_them` |
//! | one upload that fails blocks all the others | `typing::a_document_leaves_by_itself_and_is_tried_again_when_the_network_is_back` |
//! | a file that is too heavy says nothing, or takes the page with it | `file_answers::a_file_that_cannot_be_taken_says_why_beside_it_and_every_word_stays` |
//! | the photo of a telephone is not taken | `bad_input::a_photo_of_a_telephone_is_taken` |
//! | errors are not announced, the focus is lost | `walks::a_refused_form_gives_the_focus_to_what_is_wrong_and_the_keyboard_leads_to_the_field` |
//! | a pasted text is cut without a word | `pages::a_refused_form_comes_back_with_everything_typed` |
//! | the same things are typed every year | `copies::everything_that_serves_again_goes_over_and_the_rest_is_listed`, `vaults::a_paper_is_kept_once_and_joined_with_one_click` |
//! | one sign-in is shared, since one person alone may act | `seats::each_seat_writes_where_it_may_and_is_refused_in_words_elsewhere` |
//! | an organisation without a number of companies cannot begin | `eligibility_pages`, `pages::a_refused_form_comes_back_with_everything_typed` |
//! | the activation mail never comes, and asking again sends another one | `people::a_link_dies_after_half_an_hour_or_when_another_is_sent` |
//! | mail scanners press links | `seats::the_link_shows_what_is_signed_and_the_button_signs_it` |
//! | the second person in a file writes over the first | `edits::what_somebody_else_wrote_is_shown_beside_mine_and_the_next_save_decides` |
//! | nobody can prove that a file was filed | `funds::anybody_can_tell_a_genuine_receipt_from_a_forged_one` |
//! | files are erased without a word, or although somebody had to keep them | `retention::a_draft_goes_a_year_after_its_call_and_its_people_are_told_a_month_before`, `retention::the_team_reads_what_goes_soon_and_what_went_but_not_what_they_are_recused_from` |
//! | nobody knows whose turn it is | `funds::the_list_of_files_says_whose_turn_it_is` |

mod accounts;
mod applications;
mod bad_input;
mod budgets;
mod call_mails;
mod checks;
mod clocks;
mod closing_reminders;
mod communes;
mod complements;
mod conditions;
mod copies;
mod devices;
mod dialogues;
mod doors;
mod drafts;
mod early_rules;
mod edits;
mod exchanges;
mod field_saves;
mod file_answers;
mod filings;
mod funds;
mod groups;
mod journey_walks;
mod organisation_answers;
mod organisations;
mod owed_documents;
mod own_passwords;
mod pages;
mod pairings;
mod passes;
mod pastes;
mod people;
mod profiles;
mod retention;
mod revised;
mod rules;
pub mod scans;
mod seats;
mod tandem_signatures;
mod task_lists;
mod ties;
mod treasurers;
mod typing;
mod vaults;
mod walks;
mod whole_euros;
mod whole_files;

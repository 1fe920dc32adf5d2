/* The desk's handlers, by the page they belong to; routes.c says which
 * request goes where. */
#ifndef DIGEST_WEB_DESK_PAGES_H
#define DIGEST_WEB_DESK_PAGES_H

#include "digest/web/desk/visit.h"

/* sign_in.c; these two come without a session. */
visit_handler sign_in_page, sign_in_post;
visit_handler sign_out_post;

/* account.c */
visit_handler account_page, account_password_post, account_end_post;
visit_handler activity_log_page;

/* today.c */
visit_handler today_page;

/* issue_list.c, issue_page.c, issue_edit.c, issue_acts.c, issue_preview.c,
 * issue_events.c, issue_why.c, issue_plan.c, issue_missed.c */
visit_handler issues_page, issues_draft_post;
visit_handler issue_page, issue_edit_post;
visit_handler issue_schedule_post, issue_approve_post, issue_unschedule_post,
    issue_restore_post;
visit_handler issue_test_post, issue_pause_post, issue_resume_post,
    issue_cancel_post;
visit_handler issue_preview, issue_look_post, issue_events, issue_why;
visit_handler issue_missed, issue_retry_post;

/* readers.c, person.c, readers_import.c, readers_export.c, aside.c */
visit_handler readers_page, readers_add_post;
visit_handler person_page, person_edit_post, person_leave_post,
    person_forget_post, person_add_post, person_choose_post,
    person_suppress_post, person_lift_post;
visit_handler readers_import_page, readers_import_post,
    readers_import_list_page, readers_import_check_post,
    readers_import_enter_post, readers_import_discard_post,
    readers_import_rejects_file;
visit_handler readers_export_post;
visit_handler unmatched_list_page, unmatched_page, unmatched_decide_post;

/* figures.c */
visit_handler figures_page;

/* newsletters.c, newsletter_look.c */
visit_handler newsletters_page, newsletter_new_page, newsletter_new_post;
visit_handler newsletter_page, newsletter_edit_post, newsletter_delete_post;
visit_handler newsletter_look_post, newsletter_schedule_post;

/* texts.c */
visit_handler texts_page, texts_post;

/* blocks.c */
visit_handler blocks_page, blocks_add_post;
visit_handler block_page, block_edit_post, block_remove_post;

/* sources.c, articles.c, article.c */
visit_handler sources_page, sources_add_post, sources_fetch_post,
    sources_remove_post, source_page, source_fetch_post, source_rules_post;
visit_handler articles_page, articles_paste_post;
visit_handler article_page, article_edit_post, article_picture_post,
    article_remove_post, article_withdraw_post, article_restore_post,
    article_correct_post, article_uncorrect_post;

/* work.c */
visit_handler work_page, work_file;

/* files.c */
visit_handler style_sheet_file, script_file;

#endif

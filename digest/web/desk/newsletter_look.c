/* How a newsletter would look, before its settings are kept. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/issues/draft.h"
#include "digest/renderer/capitals.h"
#include "digest/renderer/theme.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/newsletter_visit.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/preview.h"
#include "digest/web/wording.h"
#include "subscribers/tokens/links.h"

/* The form for one's own site speaks the newsletter's language, and its button
 * wears the accent. */
static void add_snippet(struct visit *visit, const struct newsletter *n,
                        struct value *data)
{
    struct arena *arena = visit->arena;
    const struct language *language = wording_of(visit->web, "", n->language);
    struct render_setting *theme;
    size_t count;
    struct err ignored = {0};
    if (!language)
        language = languages_default(visit->web->languages);
    if (!theme_parse(str_of(n->theme), arena, &theme, &count, &ignored))
        count = 0;
    const char *accent = theme_get(theme, count, STR("accent"));
    const char *paper = theme_get(theme, count, STR("paper"));
    const struct catalogue *words = language->words;
    value_set_text(data, "snippet_language", language->tag);
    value_set_text(data, "snippet_dir",
                   capitals_is_right_to_left(language->tag) ? "rtl" : "ltr");
    value_set_text(data, "snippet_label", catalogue_get(words, "page_email"));
    value_set_text(data, "snippet_button", catalogue_get(words, "subscribe"));
    value_set_text(data, "snippet_style",
                   arena_format(arena, "background:%s;color:%s",
                                accent ? accent : "#1a4f8b",
                                paper ? paper : "#ffffff"));
}

bool newsletter_visit_more(struct visit *visit, const struct newsletter *n,
                           struct value *data, struct err *err)
{
    const char *base = visit->web->base_url;
    if (!newsletter_visit_schedule(visit, n, data, err))
        return false;
    if (!base)
        return true;
    add_snippet(visit, n, data);
    value_set_text(data, "sign_up",
                   arena_format(visit->arena, "%s%s%s", base,
                                link_path(LINK_SIGN_UP), n->slug));
    value_set_text(data, "archive",
                   arena_format(visit->arena, "%s/archive/%s/", base, n->slug));
    return true;
}

/* The open draft, or one made of all that there is: as the visitor's
 * transaction is rolled back, neither it nor the settings stay. */
static bool find_sample(struct visit *visit, const struct newsletter *n,
                        struct issue *out, struct err *err)
{
    struct draft draft;
    struct draft_options options = {.now = visit->now, .since = 1};
    struct err none = {0};
    if (issue_open_draft(visit->db, n->id, visit->arena, out, &none))
        return true;
    if (none.kind != ERR_NOT_FOUND) {
        *err = none;
        return false;
    }
    if (!draft_issue(visit->db, n, &options, visit->arena, &draft, err))
        return false;
    *out = draft.issue;
    return true;
}

static bool render(struct visit *visit, const struct newsletter *n,
                   struct strbuf *html, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct conductor conductor = web_conductor(visit->web);
    struct issue issue;
    return tx_begin(&tx, visit->db, TX_NORMAL, err) &&
           newsletter_update(visit->db, n, err) &&
           find_sample(visit, n, &issue, err) &&
           conductor_show(&conductor, &issue, SHOW_HTML, NULL, html, err);
}

bool newsletter_look_post(struct visit *visit, struct err *err)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    struct newsletter n;
    struct err why = {0};
    const char *where;
    if (!newsletter_get(visit->db, visit->captures[0], visit->arena, &n, err))
        return false;
    return newsletter_visit_read(visit, &n, &where, &why) &&
                   render(visit, &n, &html, &why)
               ? preview_send(visit, &html)
               : preview_refuse(visit, &why, err);
}

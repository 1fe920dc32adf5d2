/* The corrections of an issue, on their way into it. */
#include <inttypes.h>

#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/delivery/build_internal.h"
#include "subscribers/consent/preferences.h"

struct ledger_stretch build_stretch(const struct issue *issue, int64_t now)
{
    return (struct ledger_stretch){
        .issue_id = issue->id,
        .newsletter_id = issue->newsletter_id,
        .now = now,
        .longest_pause_s = PREFERENCES_PAUSE_MAX_S,
        .correction_id = issue->correction_id,
    };
}

bool build_find_corrections(struct db *db, const struct issue *issue,
                            int64_t now, struct arena *arena,
                            struct correction_list *out, struct err *err)
{
    struct correction_scope scope = {
        .newsletter_id = issue->newsletter_id,
        .only = issue->correction_id,
        .since = now - PREFERENCES_PAUSE_MAX_S,
    };
    return correction_find_due(db, &scope, arena, out, err);
}

bool build_find_owed(struct db *db, const struct issue *issue, int64_t now,
                     int64_t subscriber_id, struct arena *arena,
                     struct correction_list *out, struct err *err)
{
    const char *ids = "";
    struct ledger_stretch whole = build_stretch(issue, now);
    *out = (struct correction_list){0};
    if (issue->correction_id)
        return build_find_corrections(db, issue, now, arena, out, err);
    if (!subscriber_id)
        return true;
    if (!build_find_corrections(db, issue, now, arena, out, err) ||
        !ledger_corrections_owed(db, &whole, subscriber_id, arena, &ids, err))
        return false;
    *out = correction_pick(out, ids, arena);
    return true;
}

/* ---- as a piece between the stories ---- */

/* The story's page, or its own address. False: it can be read nowhere. */
static bool add_address(const struct build *build, const struct correction *c,
                        struct strbuf *out)
{
    const char *base = build->conf->base_url;
    if (!*c->page || !base) {
        strbuf_add_text(out, c->url);
        return *c->url != '\0';
    }
    strbuf_add_format(out, "%s/archive/%s/%" PRId64 "/", base, c->newsletter,
                      c->number);
    url_encode(out, str_of(c->page));
    strbuf_add_char(out, '/');
    return true;
}

void build_correction_label(const struct catalogue *words, const char *timezone,
                            const struct correction *c, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf date = STRBUF_INIT;
    catalogue_add_date_in(words, timezone, c->made_at, &date);
    const struct catalogue_fill fills[] = {{"date", strbuf_str(&date)}};
    catalogue_add(words, "correction", fills, ARRAY_SIZE(fills), out);
}

static void add_one(const struct build *build, const struct correction *c,
                    struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf url = STRBUF_INIT, label = STRBUF_INIT;
    bool has_url = add_address(build, c, &url);
    build_correction_label(build->voice->words, build->newsletter->timezone, c,
                           &label);
    strbuf_add_text(out, "<p>");
    if (has_url) {
        strbuf_add_text(out, "<a href=\"");
        html_escape(out, strbuf_str(&url));
        strbuf_add_text(out, "\">");
    }
    strbuf_add_text(out, "<strong>");
    html_escape(out, str_of(c->title));
    strbuf_add_text(out, has_url ? "</strong></a><br />" : "</strong><br />");
    html_escape(out, strbuf_str(&label));
    strbuf_add_char(out, ' ');
    html_escape(out, str_of(c->note));
    strbuf_add_text(out, "</p>\n");
}

bool build_fill_corrections(const struct build *build,
                            const struct correction_list *list,
                            struct arena *arena, struct render_block *out)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    if (!list || !list->count)
        return false;
    strbuf_add_text(&html, "<h2>");
    html_escape(&html,
                str_of(catalogue_get(build->voice->words, "corrections")));
    strbuf_add_text(&html, "</h2>\n");
    for (size_t i = 0; i < list->count; i++)
        add_one(build, &list->items[i], &html);
    *out = (struct render_block){
        .place = build->issue->correction_id || list == build->corrected
                     ? RENDER_TOP
                     : RENDER_BOTTOM,
        .kind = "correction",
        .is_section = true,
        .html = arena_copy_str(arena, strbuf_str(&html)),
    };
    return true;
}

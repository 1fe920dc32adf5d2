/* Queues the mails to editors and to the operator. */
#include "digest/scheduler/editor_mail_internal.h"

#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/document/text.h"
#include "digest/notices/notice_render.h"
#include "digest/notices/notices.h"
#include "digest/renderer/value.h"
#include "subscribers/roster/roster_store.h"

enum { ONCE_S = 400 * 86400, TEXT_COLUMNS = 72 };

static int64_t now_of(const struct conductor *c)
{
    return c->now ? c->now : clock_now();
}

static const char *when(struct arena *arena, const char *zone, int64_t at)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    zone_date_time(zone, at, &text);
    return arena_copy_str(arena, strbuf_str(&text));
}

/* The lines of a text as an array. */
static const char **addresses_of(const char *lines, struct arena *arena,
                                 size_t *count)
{
    struct str rest = str_of(lines), line;
    size_t most = 1;
    for (const char *c = lines; *c; c++)
        most += *c == '\n';
    const char **out = ARENA_NEW_ARRAY(arena, const char *, most);
    *count = 0;
    while (str_next_line(&rest, &line))
        if (line.len)
            out[(*count)++] = arena_copy_str(arena, line);
    return out;
}

/* ---- the preview ------------------------------------------------------- */

static struct value *story_values(const struct draft *draft,
                                  struct arena *arena)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < draft->selection.selected; i++) {
        OWNED(strbuf_free) struct strbuf why = STRBUF_INIT;
        const struct selector_verdict *v = &draft->selection.verdicts[i];
        struct value *item = value_object(arena);
        selector_explain(&draft->rules, v, &why);
        value_set_text(item, "title", v->candidate->article->title);
        value_set_str(item, "why", strbuf_str(&why));
        value_append(list, item);
    }
    return list;
}

static bool preview_values(const struct conductor *c,
                           const struct editor_preview *p, struct arena *arena,
                           struct value **out, struct err *err)
{
    const struct issue *issue = &p->draft->issue;
    const struct schedule *s = p->schedule;
    int64_t readers;
    if (!roster_count_active(c->db, p->newsletter->id, &readers, err))
        return false;
    struct value *v = value_object(arena);
    value_set_text(v, "newsletter", p->newsletter->title);
    value_set_text(
        v, "issue",
        arena_format(arena, "%s/%" PRId64, issue->newsletter, issue->number));
    value_set_text(v, "subject", issue->subject);
    if (c->conf->base_url)
        value_set_text(v, "desk_link",
                       arena_format(arena, "%s/desk/issues/%s/%" PRId64,
                                    c->conf->base_url, issue->newsletter,
                                    issue->number));
    value_set_text(v, "every", s->every);
    value_set_text(v, "when", when(arena, s->zone, p->goes_at));
    value_set_text(v, "until", when(arena, s->zone, p->plan->until));
    value_set_text(v, "problem", p->problem);
    value_set_number(v, "readers", readers);
    value_set_bool(v, "is_one_reader", readers == 1);
    value_set_bool(v, "is_auto", s->policy == POLICY_AUTO);
    value_set_bool(v, "is_approve", s->policy == POLICY_APPROVE);
    value_set_bool(v, "is_object", s->policy == POLICY_OBJECT);
    value_set(v, "stories", story_values(p->draft, arena));
    *out = v;
    return true;
}

/* Renders the preview's HTML, with the remarks about the issue at its top. */
static bool add_html(const struct conductor *c, const struct issue *issue,
                     const struct value *data, struct strbuf *out,
                     struct err *err)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    if (!conductor_show(c, issue, SHOW_HTML, NULL, &html, err))
        return false;
    struct str page = strbuf_str(&html);
    size_t body = str_find_str(page, STR("<body"));
    struct str rest = str_from(page, body);
    size_t head = body + str_find(rest, '>');
    head = head < page.len ? head + 1 : 0;
    strbuf_add(out, page.ptr, head);
    if (!template_set_apply(c->templates,
                            "notices/preview/banner_html.mustache", data,
                            EDGE_HTML, out, err))
        return false;
    strbuf_add_str(out, str_from(page, head));
    return true;
}

static bool add_text(const struct conductor *c, const struct issue *issue,
                     const struct value *data, struct strbuf *out,
                     struct err *err)
{
    OWNED(strbuf_free) struct strbuf banner = STRBUF_INIT;
    if (!template_set_apply(c->templates,
                            "notices/preview/banner_text.mustache", data,
                            EDGE_TEXT, &banner, err))
        return false;
    text_wrap(strbuf_str(&banner), TEXT_COLUMNS, 0, out);
    strbuf_add_text(out, "\n\n");
    return conductor_show(c, issue, SHOW_TEXT, NULL, out, err);
}

static struct notice from_newsletter(const struct newsletter *n)
{
    return (struct notice){
        .from_address = n->from_address,
        .from_name = *n->from_name ? n->from_name : n->title,
        .reply_to = *n->reply_to ? n->reply_to : NULL,
        .dedupe_s = ONCE_S,
    };
}

static bool queue_preview(const struct conductor *c,
                          const struct editor_preview *p,
                          const struct value *data, const char *const *to,
                          size_t count, struct err *err)
{
    OWNED(strbuf_free)
    struct strbuf subject = STRBUF_INIT, html = STRBUF_INIT, text = STRBUF_INIT;
    const struct issue *issue = &p->draft->issue;
    struct conductor on_its_day = *c;
    on_its_day.now = p->goes_at;
    if (!template_set_apply(c->templates,
                            "notices/preview/banner_subject.mustache", data,
                            EDGE_HEADER, &subject, err) ||
        !add_html(&on_its_day, issue, data, &html, err) ||
        !add_text(&on_its_day, issue, data, &text, err))
        return false;
    while (subject.len && subject.ptr[subject.len - 1] == '\n')
        strbuf_cut(&subject, subject.len - 1);
    OWNED(mem_free)
    char *dedupe =
        mem_format("preview %s/%" PRId64, issue->newsletter, issue->number);
    struct notice notice = from_newsletter(p->newsletter);
    notice.kind = NOTICE_PREVIEW;
    notice.subject = strbuf_text(&subject);
    notice.html = strbuf_text(&html);
    notice.text = strbuf_text(&text);
    notice.dedupe = dedupe;
    return notice_queue_each(c->db, &notice, to, count, now_of(c), NULL, err);
}

/* Queues the preview of an issue, with the date of its day, as its readers will
 * see it. */
bool editor_mail_preview(const struct conductor *c,
                         const struct editor_preview *p, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const char *editors;
    size_t count;
    struct value *data;
    if (!schedule_editors(c->db, p->newsletter->id, &arena, &editors, err))
        return false;
    const char **to = addresses_of(editors, &arena, &count);
    return count == 0 || (preview_values(c, p, &arena, &data, err) &&
                          queue_preview(c, p, data, to, count, err));
}

/* ---- a few lines --------------------------------------------------- */

static bool render_report(const struct conductor *c, const char *newsletter,
                          const struct editor_report *report,
                          struct notice_rendered *out, struct err *err)
{
    struct notice_words words = {
        .newsletter = newsletter,
        .site_name = c->conf->site_name,
        .headline = report->headline,
        .lines = report->lines,
        .line_count = report->count,
    };
    return notice_render(c->templates, NOTICE_REPORT, &words, out, err);
}

bool operator_mail_tell(const struct conductor *c,
                        const struct editor_report *report, struct err *err)
{
    OWNED(notice_rendered_free) struct notice_rendered rendered = {0};
    const char *operator_address = c->conf->operator_address;
    int64_t id;
    if (!operator_address)
        return true;
    if (!render_report(c, NULL, report, &rendered, err))
        return false;
    struct notice notice = {
        .kind = NOTICE_REPORT,
        .to_address = operator_address,
        .from_address = operator_address,
        .from_name = "digest",
        .dedupe = report->dedupe,
        .dedupe_s = ONCE_S,
    };
    notice_use(&notice, &rendered);
    return notice_queue(c->db, &notice, now_of(c), &id, err);
}

bool editor_mail_tell(const struct conductor *c,
                      const struct newsletter *newsletter,
                      const struct editor_report *report, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(notice_rendered_free) struct notice_rendered rendered = {0};
    const char *editors;
    size_t count;
    if (!schedule_editors(c->db, newsletter->id, &arena, &editors, err))
        return false;
    const char **to = addresses_of(editors, &arena, &count);
    if (!count)
        return operator_mail_tell(c, report, err);
    if (!render_report(c, newsletter->title, report, &rendered, err))
        return false;
    struct notice notice = from_newsletter(newsletter);
    notice.kind = NOTICE_REPORT;
    notice.dedupe = report->dedupe;
    notice_use(&notice, &rendered);
    return notice_queue_each(c->db, &notice, to, count, now_of(c), NULL, err);
}

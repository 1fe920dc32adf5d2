/* Runs the rules over a message or a page, and reports their findings. */
#include "digest/lint/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/lint/check_internal.h"
#include "digest/lint/rules_internal.h"

/* ---- adding ---------------------------------------------------------- */

enum { FINDINGS_MAX = 2000, ELEMENT_TEXT_MAX = 60, WHAT_MAX = 500 };

static bool is_same(const struct lint_finding *finding, const char *rule,
                    enum lint_part part, const char *what)
{
    return finding->rule == rule && finding->part == part &&
           strcmp(finding->what, what) == 0;
}

/* Tidies a text to one line, fit for a terminal. */
static const char *tidy(struct lint *lint, const char *text)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean_line(&clean, str_of(text));
    strbuf_cut(&clean, utf8_cut_length(strbuf_str(&clean), WHAT_MAX));
    return arena_copy_str(&lint->report->arena, strbuf_str(&clean));
}

/* `<a> "Read on"`: the element, or the one that a text stands in, with the
 * first of its words. */
static const char *describe(struct lint *lint, const struct markup_node *node)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    const struct markup_node *element =
        node->kind == MARKUP_ELEMENT ? node : node->parent;
    if (!element || !element->name)
        return "";
    markup_words(node, &words);
    size_t length = utf8_cut_length(strbuf_str(&words), ELEMENT_TEXT_MAX);
    bool cut = length < words.len;
    strbuf_cut(&words, length);
    if (!words.len)
        return arena_format(&lint->report->arena, "<%.40s>", element->name);
    return arena_format(&lint->report->arena, "<%.40s> \"%s%s\"", element->name,
                        strbuf_text(&words), cut ? "…" : "");
}

/* A node's place is resolved only when there is a finding. */
static struct lint_place resolve(struct lint *lint,
                                 const struct lint_place *place)
{
    struct lint_place found = *place;
    if (!place->node)
        return found;
    found.element = describe(lint, place->node);
    markup_place(lint->markup.source, place->node->offset, &found.line,
                 &found.column);
    return found;
}

void lint_add(struct lint *lint, enum lint_rule rule,
              const struct lint_place *place, const char *format, ...)
{
    char raw[2 * WHAT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    const char *what = tidy(lint, raw);
    const struct lint_rule_row *row = lint_rule_get(rule);
    struct lint_report *report = lint->report;
    for (size_t i = 0; i < report->count; i++) {
        if (!is_same(&report->items[i], row->name, place->part, what))
            continue;
        report->items[i].times++;
        return;
    }
    if (report->count == FINDINGS_MAX)
        return;
    struct lint_place at = resolve(lint, place);
    struct lint_finding finding = {
        .level = row->level,
        .part = at.part,
        .rule = row->name,
        .line = at.line,
        .column = at.column,
        .element = at.element ? at.element : "",
        .what = what,
        .remedy = row->remedy,
        .times = 1,
    };
    MEM_PUSH(report->items, report->count, report->capacity, finding);
}

/* ---- places ---------------------------------------------------------- */

struct lint_place lint_at_node(const struct markup_node *node)
{
    return (struct lint_place){LINT_HTML, 0, 0, NULL, node};
}

struct lint_place lint_at_text(const struct lint *lint, size_t offset)
{
    struct lint_place place = {.part = LINT_TEXT};
    markup_place(lint->text, offset, &place.line, &place.column);
    return place;
}

struct lint_place lint_at_field(struct lint *lint,
                                const struct read_field *field)
{
    return (struct lint_place){.part = LINT_HEADER,
                               .line = field->line,
                               .element = tidy(lint, field->name)};
}

/* ---- finishing ------------------------------------------------------- */

static int compare(unsigned a, unsigned b)
{
    return a < b ? -1 : a > b;
}

static int by_weight(const void *left, const void *right)
{
    const struct lint_finding *a = left, *b = right;
    int order = compare(a->level, b->level);
    if (!order)
        order = compare(a->part, b->part);
    if (!order)
        order = compare(a->line, b->line);
    if (!order)
        order = compare(a->column, b->column);
    if (!order)
        order = strcmp(a->rule, b->rule);
    return order ? order : strcmp(a->what, b->what);
}

static void sort_and_count(struct lint_report *report)
{
    report->errors = report->warnings = 0;
    if (report->count)
        qsort(report->items, report->count, sizeof *report->items, by_weight);
    for (size_t i = 0; i < report->count; i++)
        if (report->items[i].level == LINT_ERROR)
            report->errors++;
        else
            report->warnings++;
}

static bool holds(const struct lint_report *report,
                  const struct lint_finding *finding)
{
    for (size_t i = 0; i < report->count; i++)
        if (is_same(&report->items[i], finding->rule, finding->part,
                    finding->what))
            return true;
    return false;
}

void lint_report_add(struct lint_report *report,
                     const struct lint_report *other, const char *where)
{
    for (size_t i = 0; i < other->count; i++) {
        struct lint_finding finding = other->items[i];
        if (holds(report, &finding))
            continue;
        finding.element = arena_copy(&report->arena, finding.element);
        finding.what =
            arena_format(&report->arena, "%s: %s", where, finding.what);
        MEM_PUSH(report->items, report->count, report->capacity, finding);
    }
    sort_and_count(report);
}

void lint_report_put(struct lint_report *report,
                     const struct lint_finding *finding)
{
    struct lint_finding copy = *finding;
    copy.rule = arena_copy(&report->arena, finding->rule);
    copy.element = arena_copy(&report->arena, finding->element);
    copy.what = arena_copy(&report->arena, finding->what);
    copy.remedy = arena_copy(&report->arena, finding->remedy);
    MEM_PUSH(report->items, report->count, report->capacity, copy);
    sort_and_count(report);
}

void lint_report_free(struct lint_report *report)
{
    free(report->items);
    arena_free(&report->arena);
    *report = (struct lint_report){0};
}

/* ---- looking --------------------------------------------------------- */

static void free_markup(struct lint *lint)
{
    markup_free(&lint->markup);
}

static bool look_at_html(struct lint *lint, struct err *err)
{
    if (!markup_read(lint->html, &lint->markup, err))
        return err_context(err, "the HTML");
    check_structure(lint);
    check_images(lint);
    check_links(lint);
    check_clients(lint);
    check_contrast(lint);
    return true;
}

static bool finish(struct lint *lint, struct err *err)
{
    check_placeholders(lint);
    if (lint->options->fetch_links && !check_fetched(lint, err))
        return false;
    sort_and_count(lint->report);
    return true;
}

static const struct lint_options no_options;

bool lint_html(struct str html, const struct lint_options *options,
               struct lint_report *report, struct err *err)
{
    *report = (struct lint_report){0};
    OWNED(free_markup)
    struct lint lint = {.options = options ? options : &no_options,
                        .report = report,
                        .html = html};
    return look_at_html(&lint, err) && finish(&lint, err);
}

bool lint_message(struct str eml, const struct lint_options *options,
                  struct lint_report *report, struct err *err)
{
    *report = (struct lint_report){0};
    OWNED(read_message_free) struct read_message message = {0};
    if (!message_read(eml, &message, err))
        return false;
    const struct read_part *html = read_part_get(&message, "text/html");
    const struct read_part *text = read_part_get(&message, "text/plain");
    OWNED(free_markup)
    struct lint lint = {.options = options ? options : &no_options,
                        .report = report,
                        .bytes = eml,
                        .message = &message,
                        .html = html ? html->text : STR(""),
                        .text = text ? text->text : STR("")};
    check_lines(&lint);
    check_headers(&lint);
    check_list_headers(&lint);
    check_authentication(&lint);
    check_subject(&lint);
    check_parts(&lint);
    if (html && !look_at_html(&lint, err))
        return false;
    check_both(&lint);
    return finish(&lint, err);
}

/* ---- in words -------------------------------------------------------- */

const char *lint_level_name(enum lint_level level)
{
    return level == LINT_ERROR ? "error" : "warning";
}

const char *lint_part_name(enum lint_part part)
{
    static const char *const names[LINT_PARTS] = {"message", "header", "text",
                                                  "html"};
    return names[part];
}

void lint_finding_write(const struct lint_finding *f, struct strbuf *out)
{
    strbuf_add_text(out, lint_part_name(f->part));
    if (f->line)
        strbuf_add_format(out, ":%u", f->line);
    if (f->line && f->column)
        strbuf_add_format(out, ":%u", f->column);
    strbuf_add_text(out, ": ");
    if (*f->element)
        strbuf_add_format(out, "%s: ", f->element);
    strbuf_add_text(out, f->what);
    if (f->times > 1)
        strbuf_add_format(out, " (%u times)", f->times);
    strbuf_add_format(out, "; %s [%s]", f->remedy, f->rule);
}

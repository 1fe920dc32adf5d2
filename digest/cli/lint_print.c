/* Prints the findings of lint, as lines or as JSON. */
#include "digest/cli/lint_print.h"

#include <jansson.h>

#include "digest/base/mem.h"
#include "digest/cli/app.h"

/* "No errors, 2 warnings in weekly/12." */
static void print_numbers(FILE *to, const char *name,
                          const struct lint_report *r)
{
    if (!r->count) {
        fprintf(to, "Nothing to find fault with in %s.\n", name);
        return;
    }
    fprintf(to, "%zu %s, %zu %s in %s.\n", r->errors,
            plural((int64_t)r->errors, "error", "errors"), r->warnings,
            plural((int64_t)r->warnings, "warning", "warnings"), name);
}

void lint_print(FILE *to, const char *name, const struct lint_report *r)
{
    for (size_t i = 0; i < r->count; i++) {
        OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
        bool first = i == 0 || r->items[i].level != r->items[i - 1].level;
        if (first)
            fprintf(to, "%s%s\n", i ? "\n" : "",
                    r->items[i].level == LINT_ERROR ? "ERRORS" : "WARNINGS");
        lint_finding_write(&r->items[i], &line);
        fprintf(to, "%s\n", strbuf_text(&line));
    }
    if (r->count)
        fputc('\n', to);
    print_numbers(to, name, r);
}

static json_t *number_or_null(unsigned number)
{
    return number ? json_integer((json_int_t)number) : json_null();
}

json_t *lint_json(const char *name, const struct lint_report *r)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < r->count; i++) {
        const struct lint_finding *f = &r->items[i];
        json_array_append_new(
            findings,
            json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:i}", "level",
                      lint_level_name(f->level), "part",
                      lint_part_name(f->part), "line", number_or_null(f->line),
                      "column", number_or_null(f->column), "rule", f->rule,
                      "element", f->element, "what", f->what, "remedy",
                      f->remedy, "times", (int)f->times));
    }
    return json_pack("{s:s, s:I, s:I, s:o}", "name", name, "errors",
                     (json_int_t)r->errors, "warnings", (json_int_t)r->warnings,
                     "findings", findings);
}

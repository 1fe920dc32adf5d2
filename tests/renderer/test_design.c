/* Tests what a design asks for, also where it asks in circles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/renderer/design.h"

static char folder[] = "/tmp/digest-test-design-XXXXXX";

static void put(const char *name, const char *text)
{
    OWNED(mem_free) char *path = mem_format("%s/email/own/%s", folder, name);
    struct err err = {0};
    if (!file_write(path, str_of(text), 0600, &err))
        fail_msg("%s", err.text);
}

static bool has(const struct design_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}

static void assert_names(const struct design_names *names, const char *expected)
{
    OWNED(strbuf_free) struct strbuf all = STRBUF_INIT;
    for (size_t i = 0; i < names->count; i++)
        strbuf_add_format(&all, "%s%s", i ? " " : "", names->items[i]);
    assert_string_equal(strbuf_text(&all), expected);
}

/* html.mustache and style.css with this in them. */
static struct design read_own(const char *html, const char *css)
{
    OWNED(template_set_release)
    struct template_set *set = template_set_new(folder);
    struct design design;
    struct err err = {0};
    put("html.mustache", html);
    put("text.mustache", "");
    put("style.css", css);
    if (!design_read(set, "own", &design, &err))
        fail_msg("%s", err.text);
    return design;
}

static void names_are_found_where_they_stand(void **state)
{
    (void)state;
    OWNED(design_free)
    struct design d =
        read_own("{{#sections}}{{title}}{{#stories}}{{title}}{{#image}}{{src}}"
                 "{{url}}{{/image}}{{^url}}{{theme.width}}{{/url}}"
                 "{{/stories}}{{/sections}}{{title}}{{newsletter.titel}}"
                 "{{#site.address}}{{.}}{{/site.address}}",
                 "a { color: var(--accent, #1a4f8b); margin: var(--inner-width,"
                 " 1)px; padding: var(--mine) }");
    assert_names(&d.variables,
                 "sections[].title sections[].stories[].title "
                 "sections[].stories[].image.src sections[].stories[].url "
                 "theme.width site.address[]");
    assert_names(&d.unknown, "newsletter.titel");
    assert_names(&d.settings, "accent");
}

static void what_the_public_copy_alone_has_is_known(void **state)
{
    (void)state;
    OWNED(design_free)
    struct design d = read_own(
        "{{slot.archive_url}}{{slot.unsubscribe_url}}{{signup_url}}", "");
    assert_int_equal(d.unknown.count, 0);
    assert_true(has(&d.variables, "slot.archive_url"));
    assert_true(has(&d.variables, "slot.unsubscribe_url"));
}

static void a_partial_may_bring_in_itself(void **state)
{
    (void)state;
    put("again.mustache", "{{subject}}{{>again}}{{>again}}{{>other}}");
    put("other.mustache", "{{>again}}{{>again}}{{preheader}}");
    OWNED(design_free) struct design d = read_own("{{>again}}{{>again}}", "");
    assert_names(&d.variables, "subject preheader");
}

static void a_style_sheet_may_not(void **state)
{
    (void)state;
    OWNED(template_set_release)
    struct template_set *set = template_set_new(folder);
    OWNED(design_free) struct design d = {0};
    struct err err = {0};
    put("html.mustache", "");
    put("text.mustache", "");
    put("style.css", "@import \"style.css\";\n@import \"style.css\";\n");
    assert_false(design_read(set, "own", &d, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "leads back to itself"));
}

static int make_folder(void **state)
{
    (void)state;
    struct err err = {0};
    if (!mkdtemp(folder))
        return -1;
    OWNED(mem_free) char *own = mem_format("%s/email/own", folder);
    return file_make_folder(own, 0700, &err) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    OWNED(mem_free) char *command = mem_format("rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_where_they_stand),
        cmocka_unit_test(what_the_public_copy_alone_has_is_known),
        cmocka_unit_test(a_partial_may_bring_in_itself),
        cmocka_unit_test(a_style_sheet_may_not),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

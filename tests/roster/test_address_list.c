#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/roster/address_list.h"

static void names_are_found_without_case_and_comments_are_none(void **state)
{
    (void)state;
    OWNED(address_list_release) struct address_list *list = NULL;
    struct err err;
    assert_true(address_list_parse(
        STR("# a list\n\n  Info \r\nsales # of what?\nwebmaster"), "role.txt",
        &list, &err));
    assert_true(address_list_has(list, STR("info")));
    assert_true(address_list_has(list, STR("SALES")));
    assert_true(address_list_has(list, STR("webmaster")));
    assert_false(address_list_has(list, STR("inf")));
    assert_false(address_list_has(list, STR("information")));
    assert_false(address_list_has(list, STR("a")));
    assert_false(address_list_has(list, STR("")));
}

static void what_belongs_to_a_domain_counts_too(void **state)
{
    (void)state;
    OWNED(address_list_release) struct address_list *list = NULL;
    struct err err;
    assert_true(
        address_list_parse(STR("trash.example\n"), "d.txt", &list, &err));
    assert_true(address_list_has_domain(list, STR("trash.example")));
    assert_true(address_list_has_domain(list, STR("a.b.trash.example")));
    assert_false(address_list_has_domain(list, STR("mytrash.example")));
    assert_false(address_list_has_domain(list, STR("example")));
}

static void a_line_that_is_no_name_is_told(void **state)
{
    (void)state;
    struct address_list *list = NULL;
    struct err err;
    assert_false(address_list_parse(STR("info\na@example.org\n"), "role.txt",
                                    &list, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "role.txt:2"));
    assert_null(list);
}

static void an_empty_list_has_nobody(void **state)
{
    (void)state;
    OWNED(address_list_release) struct address_list *list = NULL;
    struct err err;
    assert_true(address_list_parse(STR(""), "role.txt", &list, &err));
    assert_false(address_list_has(list, STR("info")));
}

static void a_file_in_the_folder_stands_in_the_place_of_our_own(void **state)
{
    (void)state;
    char folder[] = "/tmp/digest-list-XXXXXX";
    struct err err;
    struct address_list *list = NULL;
    assert_non_null(mkdtemp(folder));
    assert_true(address_list_load(folder, ADDRESS_LIST_ROLE, &list, &err));
    assert_true(address_list_has(list, STR("postmaster")));
    address_list_release(&list);
    assert_true(
        address_list_load(folder, ADDRESS_LIST_DISPOSABLE, &list, &err));
    assert_true(address_list_has_domain(list, STR("mailinator.com")));
    address_list_release(&list);
    OWNED(mem_free) char *path = file_join(folder, ADDRESS_LIST_ROLE);
    assert_true(file_write(path, STR("bureau\n"), 0600, &err));
    assert_true(address_list_load(folder, ADDRESS_LIST_ROLE, &list, &err));
    assert_true(address_list_has(list, STR("bureau")));
    assert_false(address_list_has(list, STR("postmaster")));
    address_list_release(&list);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_without_case_and_comments_are_none),
        cmocka_unit_test(what_belongs_to_a_domain_counts_too),
        cmocka_unit_test(a_line_that_is_no_name_is_told),
        cmocka_unit_test(an_empty_list_has_nobody),
        cmocka_unit_test(a_file_in_the_folder_stands_in_the_place_of_our_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

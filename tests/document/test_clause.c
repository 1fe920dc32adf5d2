#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/cluster.h"
#include "digest/base/mem.h"
#include "digest/document/clause.h"

struct sample {
    const char *line, *wanted;
};

static void assert_shortened(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        clause_shorten(str_of(samples[i].line), 60, &out);
        assert_string_equal(strbuf_text(&out), samples[i].wanted);
        assert_true(cluster_count(strbuf_str(&out)) <= 60);
    }
}

static void a_line_that_fits_stays_as_it_is(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"", ""},
        {"The tram opens two years early, and nobody knows why",
         "The tram opens two years early, and nobody knows why"},
        {"123456789 123456789 123456789 123456789 123456789 1234567890",
         "123456789 123456789 123456789 123456789 123456789 1234567890"},
    };
    assert_shortened(samples, ARRAY_SIZE(samples));
}

static void a_longer_one_ends_with_its_last_clause_that_fits(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Council votes for a new tram line, and the budget follows it after "
         "the summer break",
         "Council votes for a new tram line"},
        {"The bridge opens in spring, the tram in autumn, and the library "
         "whenever it is ready",
         "The bridge opens in spring, the tram in autumn"},
        {"The storm closes the ferry for a whole week – and what that means "
         "for those on the islands",
         "The storm closes the ferry for a whole week"},
        {"Reading rooms stay open on Sundays (from next spring until autumn, "
         "at least)",
         "Reading rooms stay open on Sundays"},
        {"Who pays for the new bridge across the harbour? The council will "
         "not say",
         "Who pays for the new bridge across the harbour?"},
        {"Die Straßenbahn kommt früher: zwei Jahre vor dem Plan, sagt die "
         "Verwaltung der Stadt",
         "Die Straßenbahn kommt früher: zwei Jahre vor dem Plan"},
        {"المجلس البلدي يقر خطة جديدة للنقل العام، والميزانية تتبعها بعد "
         "العطلة الصيفية في المدينة",
         "المجلس البلدي يقر خطة جديدة للنقل العام"},
        {"新闻周刊港口的新桥将于明年春天开放吗不知道市民期待已久，市长将出席典"
         "礼并"
         "发表讲话，随后是为期三天的庆祝活动，所有市民都可以免费参加这些活动",
         "新闻周刊港口的新桥将于明年春天开放吗不知道市民期待已久，市长将出席典"
         "礼并"
         "发表讲话，随后是为期三天的庆祝活动"},
    };
    assert_shortened(samples, ARRAY_SIZE(samples));
}

static void a_number_a_word_and_a_quotation_hold_no_clause(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Some of the 10,000 well-known trees in the old harbour park fall "
         "ill",
         "Some of the 10,000 well-known trees in the old harbour park…"},
        {"A reader writes “Open the bridge, please, before we all grow old” "
         "and is heard",
         "A reader writes “Open the bridge, please, before we all…"},
        {"Yes, the bridge will open before the end of this year after all "
         "that was said",
         "Yes, the bridge will open before the end of this year after…"},
    };
    assert_shortened(samples, ARRAY_SIZE(samples));
}

static void without_a_space_it_ends_between_two_characters(void **state)
{
    (void)state;
#define FAMILY "👩‍👩‍👧‍👦"
#define TEN(x) x x x x x x x x x x
    static const struct sample samples[] = {
        {TEN(FAMILY) TEN(FAMILY) TEN(FAMILY) TEN(FAMILY) TEN(FAMILY)
             TEN(FAMILY),
         TEN(FAMILY) TEN(FAMILY) TEN(FAMILY) TEN(FAMILY) TEN(FAMILY)
             TEN(FAMILY)},
        {TEN("é") TEN("é") TEN("é") TEN("é") TEN("é") TEN("é") "é",
         TEN("é") TEN("é") TEN("é") TEN("é") TEN("é") "ééééééééé…"},
    };
    assert_shortened(samples, ARRAY_SIZE(samples));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_fits_stays_as_it_is),
        cmocka_unit_test(a_longer_one_ends_with_its_last_clause_that_fits),
        cmocka_unit_test(a_number_a_word_and_a_quotation_hold_no_clause),
        cmocka_unit_test(without_a_space_it_ends_between_two_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

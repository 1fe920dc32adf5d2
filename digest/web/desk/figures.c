/* Figures: how issues went, and how the lists grow, as plots and tables. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/issues/stats.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/reader_visit.h"

enum {
    WEEKS = 26,
    ISSUES = 50,
    PLOT_WIDTH = 720,
    PLOT_HEIGHT = 160,
    PLOT_TOP = 16, /* room for the label of the highest */
};

static int64_t scale(int64_t value, int64_t most)
{
    return most > 0 ? value * (PLOT_HEIGHT - PLOT_TOP) / most : 0;
}

/* ---- growth ---- */

static struct value *week_value(struct visit *visit,
                                const struct stats_week *week, size_t index,
                                size_t count, int64_t most)
{
    struct arena *arena = visit->arena;
    struct value *item = value_object(arena);
    int64_t left = week->unsubscribed + week->bounced + week->complained;
    int64_t step = PLOT_WIDTH / (int64_t)(count ? count : 1);
    int64_t height = scale(week->active, most);
    value_set(item, "begins", visit_time(visit, week->begins_at, "UTC"));
    value_set(item, "joined", visit_number_value(visit, week->joined));
    value_set(item, "left", visit_number_value(visit, left));
    value_set(item, "active", visit_number_value(visit, week->active));
    value_set(item, "x", value_number(arena, (int64_t)index * step));
    value_set(item, "width", value_number(arena, step > 4 ? step - 3 : step));
    value_set(item, "y", value_number(arena, PLOT_HEIGHT - height));
    value_set(item, "height", value_number(arena, height));
    value_set(item, "is_last", value_bool(arena, index + 1 == count));
    return item;
}

static bool add_growth(struct visit *visit, int64_t newsletter_id,
                       struct value *data, struct err *err)
{
    struct stats_weeks weeks;
    struct value *list = value_list(visit->arena);
    int64_t most = 0, since = visit->now - (int64_t)WEEKS * 7 * 86400;
    if (!stats_weeks(visit->db, newsletter_id, since, visit->now, visit->arena,
                     &weeks, err))
        return false;
    for (size_t i = 0; i < weeks.count; i++)
        if (weeks.items[i].active > most)
            most = weeks.items[i].active;
    for (size_t i = 0; i < weeks.count; i++)
        value_append(list,
                     week_value(visit, &weeks.items[i], i, weeks.count, most));
    value_set(data, "weeks", list);
    value_set(data, "has_weeks", value_bool(visit->arena, weeks.count > 0));
    value_set(data, "plot_width", value_number(visit->arena, PLOT_WIDTH));
    value_set(data, "plot_height", value_number(visit->arena, PLOT_HEIGHT));
    value_set(data, "most", visit_number_value(visit, most));
    return true;
}

/* ---- issues ---- */

static const char *share(const struct visit *visit, int64_t part, int64_t of)
{
    return of ? arena_format(visit->arena, "%.1f %%",
                             100.0 * (double)part / (double)of)
              : "";
}

static struct value *row_value(struct visit *visit,
                               const struct stats_issue *stats)
{
    const struct issue *issue = &stats->issue;
    const int64_t *states = stats->counts.states;
    struct value *item = issue_visit_value(visit, issue, "UTC");
    int64_t sent = states[DELIVERY_SENT];
    value_set(item, "recipients",
              visit_number_value(visit, stats->counts.recipients));
    value_set(item, "sent", visit_number_value(visit, sent));
    value_set(item, "failed",
              visit_number_value(visit, states[DELIVERY_FAILED]));
    value_set(item, "bounced", visit_number_value(visit, stats->bounced));
    value_set(item, "complained", visit_number_value(visit, stats->complained));
    value_set(item, "unsubscribed",
              visit_number_value(visit, stats->unsubscribed));
    value_set(
        item, "unsubscribed_share",
        value_text(visit->arena, share(visit, stats->unsubscribed, sent)));
    return item;
}

static bool add_issues(struct visit *visit, int64_t newsletter_id,
                       struct value *data, struct err *err)
{
    struct stats_issues issues;
    struct value *list = value_list(visit->arena);
    int64_t since = visit->now - (int64_t)366 * 86400;
    if (!stats_issues(visit->db, newsletter_id, since, visit->arena, &issues,
                      err))
        return false;
    size_t shown = issues.count < ISSUES ? issues.count : ISSUES;
    for (size_t i = 0; i < shown; i++)
        value_append(list,
                     row_value(visit, &issues.items[issues.count - 1 - i]));
    value_set(data, "issues", list);
    value_set(data, "has_issues", value_bool(visit->arena, shown > 0));
    return true;
}

bool figures_page(struct visit *visit, struct err *err)
{
    struct value *data;
    struct newsletter n = {0};
    const char *slug = visit_query(visit, "newsletter");
    if (!visit_data(visit, "figures", &data, err) ||
        (*slug && !newsletter_get(visit->db, slug, visit->arena, &n, err)) ||
        !reader_visit_newsletters(visit, slug, data, err))
        return false;
    value_set(data, "title",
              value_text(visit->arena, n.id ? n.title : "All newsletters"));
    return add_growth(visit, n.id, data, err) &&
           add_issues(visit, n.id, data, err) &&
           visit_show(visit, "figures", data, 200, err);
}

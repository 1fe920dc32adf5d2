/* Figures: how issues went, and how the lists grow, as plots and tables. */
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/issues/stats.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/reader_visit.h"

enum { WEEKS = 26, ISSUES = 50, TICKS = 6 };

/* ---- plots: bars from zero, the highest and the last with their number --- */

enum {
    PLOT_TOP = 28,
    PLOT_FOOT = 20,
    SIDE = 36, /* for half a label */
    WIDE = 720,
    HIGH = 180,
    STEP_MOST = 80,
    TICK_ROOM = 76,
    DIGIT = 16
};

struct bar {
    int64_t value;
    const char *tick; /* below it, where there is room */
    const char *name; /* in full */
};

static struct value *bar_value(struct visit *visit, const struct bar *bar,
                               int64_t x, int64_t step, int64_t most)
{
    struct arena *arena = visit->arena;
    struct value *item = value_object(arena);
    int64_t room = HIGH - PLOT_TOP - PLOT_FOOT;
    int64_t height = most ? (bar->value * room + most - 1) / most : 0;
    int64_t width = step > 43 ? 40 : step > 4 ? step - 3 : step;
    value_set_number(item, "x", x);
    value_set_number(item, "width", width);
    value_set_number(item, "middle", x + width / 2);
    value_set_number(item, "y", HIGH - PLOT_FOOT - height);
    value_set_number(item, "height", height);
    value_set_text(item, "name", bar->name);
    value_set_text(item, "value", visit_number(visit, bar->value));
    return item;
}

/* Sets data[name]: title, most, sizes, and its bars. */
static void add_plot(struct visit *visit, const char *name, const char *title,
                     const struct bar *bars, size_t count, struct value *data)
{
    struct arena *arena = visit->arena;
    struct value *plot = value_object(arena), *list = value_list(arena);
    int64_t step = (WIDE - 2 * SIDE) / (int64_t)(count ? count : 1), most = 0;
    size_t highest = 0, each = (count + TICKS - 1) / TICKS;
    step = step > STEP_MOST ? STEP_MOST : step;
    while (each && (int64_t)each * step < TICK_ROOM)
        each++;
    for (size_t i = 0; i < count; i++)
        if (bars[i].value > most) {
            most = bars[i].value;
            highest = i;
        }
    int64_t number_room = DIGIT * (int64_t)strlen(visit_number(visit, most));
    for (size_t i = 0; i < count; i++) {
        struct value *item =
            bar_value(visit, &bars[i], SIDE + (int64_t)i * step, step, most);
        int64_t to_last = (int64_t)(count - 1 - i) * step;
        if (!to_last || (most && i == highest && to_last >= number_room))
            value_set_bool(item, "is_told", true);
        if ((count - 1 - i) % each == 0)
            value_set_text(item, "tick", bars[i].tick);
        value_append(list, item);
    }
    value_set_text(plot, "title", title);
    value_set_text(plot, "most", visit_number(visit, most));
    value_set_number(plot, "wide", WIDE);
    value_set_number(plot, "high", HIGH);
    value_set_number(plot, "ground", HIGH - PLOT_FOOT);
    value_set_number(plot, "foot", HIGH - 4);
    value_set(plot, "bars", list);
    value_set(data, name, plot);
}

/* ---- growth ---- */

/* "5 Oct", and with its year. */
static const char *day_text(struct visit *visit, int64_t at, bool with_year)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr",
                                         "May", "Jun", "Jul", "Aug",
                                         "Sep", "Oct", "Nov", "Dec"};
    struct zone_time t;
    zone_local("UTC", at, &t);
    return with_year ? arena_format(visit->arena, "%u %s %d", t.day,
                                    months[t.month - 1], t.year)
                     : arena_format(visit->arena, "%u %s", t.day,
                                    months[t.month - 1]);
}

static struct value *week_value(struct visit *visit,
                                const struct stats_week *week)
{
    struct arena *arena = visit->arena;
    struct value *item = value_object(arena);
    value_set_text(item, "begins", day_text(visit, week->begins_at, true));
    value_set_text(item, "joined", visit_number(visit, week->joined));
    value_set_text(item, "unsubscribed",
                   visit_number(visit, week->unsubscribed));
    value_set_text(item, "bounced", visit_number(visit, week->bounced));
    value_set_text(item, "complained", visit_number(visit, week->complained));
    value_set_text(item, "active", visit_number(visit, week->active));
    return item;
}

static bool add_growth(struct visit *visit, int64_t newsletter_id,
                       struct value *data, struct err *err)
{
    struct stats_weeks weeks;
    struct value *list = value_list(visit->arena);
    int64_t since = visit->now - (int64_t)WEEKS * 7 * 86400, most = 0;
    if (!stats_weeks(visit->db, newsletter_id, since, visit->now, visit->arena,
                     &weeks, err))
        return false;
    struct bar *bars =
        ARENA_NEW_ARRAY(visit->arena, struct bar, weeks.count + 1);
    for (size_t i = 0; i < weeks.count; i++) {
        const struct stats_week *week = &weeks.items[i];
        bars[i] =
            (struct bar){week->active, day_text(visit, week->begins_at, false),
                         day_text(visit, week->begins_at, true)};
        most = week->active > most ? week->active : most;
        value_append(list, week_value(visit, week));
    }
    add_plot(visit, "growth", "Active readers at each week’s end", bars,
             weeks.count, data);
    value_set(data, "weeks", list);
    value_set_bool(data, "has_weeks", most > 0);
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
    value_set_text(item, "recipients",
                   visit_number(visit, stats->counts.recipients));
    value_set_text(item, "sent", visit_number(visit, sent));
    value_set_text(item, "failed",
                   visit_number(visit, states[DELIVERY_FAILED]));
    value_set_text(item, "bounced", visit_number(visit, stats->bounced));
    value_set_text(item, "complained", visit_number(visit, stats->complained));
    value_set_text(item, "unsubscribed",
                   visit_number(visit, stats->unsubscribed));
    value_set_text(item, "unsubscribed_share",
                   share(visit, stats->unsubscribed, sent));
    return item;
}

/* One plot of the issues, the oldest first, by one of their figures. */
static void plot_issues(struct visit *visit, const char *name,
                        const char *title, const struct stats_issue *issues,
                        size_t count,
                        int64_t (*figure)(const struct stats_issue *),
                        struct value *data)
{
    struct bar *bars = ARENA_NEW_ARRAY(visit->arena, struct bar, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *its_name = issue_visit_name(visit, &issues[i].issue);
        bars[i] = (struct bar){figure(&issues[i]), its_name, its_name};
    }
    add_plot(visit, name, title, bars, count, data);
}

static int64_t sent(const struct stats_issue *s)
{
    return s->counts.states[DELIVERY_SENT];
}

static int64_t failed(const struct stats_issue *s)
{
    return s->counts.states[DELIVERY_FAILED];
}

static int64_t unsubscribed(const struct stats_issue *s)
{
    return s->unsubscribed;
}

static int64_t bounced(const struct stats_issue *s)
{
    return s->bounced;
}

static int64_t complained(const struct stats_issue *s)
{
    return s->complained;
}

static bool add_issues(struct visit *visit, int64_t newsletter_id,
                       struct value *data, struct err *err)
{
    struct stats_issues all;
    struct value *list = value_list(visit->arena);
    int64_t since = visit->now - (int64_t)366 * 86400;
    if (!stats_issues(visit->db, newsletter_id, since, visit->arena, &all, err))
        return false;
    size_t shown = all.count < ISSUES ? all.count : ISSUES;
    const struct stats_issue *last = all.items + (all.count - shown);
    plot_issues(visit, "sent_plot", "Sent", last, shown, sent, data);
    plot_issues(visit, "failed_plot", "Failed", last, shown, failed, data);
    plot_issues(visit, "unsubscribed_plot", "Unsubscribed", last, shown,
                unsubscribed, data);
    plot_issues(visit, "bounced_plot", "Bounced", last, shown, bounced, data);
    plot_issues(visit, "complained_plot", "Complained", last, shown, complained,
                data);
    for (size_t i = shown; i-- > 0;)
        value_append(list, row_value(visit, &last[i]));
    value_set(data, "issues", list);
    value_set_bool(data, "has_issues", shown > 0);
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
    value_set_text(data, "title", n.id ? n.title : "All newsletters");
    return add_growth(visit, n.id, data, err) &&
           add_issues(visit, n.id, data, err) &&
           visit_show(visit, "figures", data, 200, err);
}

/* Finds out what each column of a list means. */
#include "subscribers/consent/import_columns_internal.h"

#include <string.h>

#include "digest/base/arena.h"
#include "digest/base/mem.h"
#include "subscribers/consent/import_cell_internal.h"
#include "subscribers/consent/import_shapes_internal.h"
#include "subscribers/roster/address.h"
#include "subscribers/roster/name_words.h"

enum { NOWHERE = -1, WORD_MAX = 48 };

/* ---- names ---- */

/* A word without spaces, - and _; case is left to the comparison. */
static struct str plain(struct str text, char room[WORD_MAX])
{
    size_t length = 0;
    for (size_t i = 0; i < text.len && length < WORD_MAX; i++)
        if (!strchr(" -_\t", text.ptr[i]))
            room[length++] = text.ptr[i];
    return (struct str){room, length};
}

static bool is_word(struct str text, const char *word)
{
    struct str wanted = str_of(word);
    if (!str_ends(wanted, STR("*")))
        return str_equal_nocase(text, wanted);
    return str_starts_nocase(text, (struct str){wanted.ptr, wanted.len - 1});
}

/* The headings of a first row, folded: without case, marks, spaces and
 * punctuation, and without a remark in brackets ("Email [Required]"). */
struct headings {
    struct arena arena;
    struct str *items;
    size_t count;
};

static void free_headings(struct headings *headings)
{
    arena_free(&headings->arena);
}

static struct str fold(struct arena *arena, struct str text)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    struct str rest = text, word;
    size_t length = 0;
    rest = str_cut(&rest, '[');
    rest = str_cut(&rest, '(');
    name_words(str_trim(rest).len ? rest : text, &words);
    char *out = arena_copy_str(arena, strbuf_str(&words));
    for (rest = strbuf_str(&words); str_next_line(&rest, &word);) {
        memcpy(out + length, word.ptr, word.len);
        length += word.len;
    }
    return (struct str){out, length};
}

static struct headings fold_row(const struct csv_row *row)
{
    struct headings headings = {.count = row->count};
    headings.items = ARENA_NEW_ARRAY(&headings.arena, struct str, row->count);
    for (size_t i = 0; i < row->count; i++)
        headings.items[i] = fold(&headings.arena, row->fields[i]);
    return headings;
}

static int find_heading(struct headings *headings, const char *heading)
{
    struct str wanted = fold(&headings->arena, str_of(heading));
    for (size_t i = 0; i < headings->count; i++)
        if (str_equal(headings->items[i], wanted))
            return (int)i;
    return NOWHERE;
}

static const char *const fields[IMPORT_FIELD_COUNT] = {
    [FIELD_EMAIL] = "email",
    [FIELD_NAME] = "name",
    [FIELD_FIRST_NAME] = "first_name",
    [FIELD_LAST_NAME] = "last_name",
    [FIELD_STATE] = "state",
    [FIELD_STATE_TOO] = "state_too",
    [FIELD_LEFT] = "unsubscribed",
    [FIELD_CATEGORIES] = "categories",
    [FIELD_TAGS] = "tags",
    [FIELD_LANGUAGE] = "language",
    [FIELD_TIMEZONE] = "timezone",
    [FIELD_NEWSLETTER] = "newsletter",
    [FIELD_SINCE] = "since",
    [FIELD_CREATED] = "created",
    [FIELD_CLIENT] = "client",
};

bool import_field_find(struct str name, enum import_field *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        if (str_equal(name, str_of(fields[i]))) {
            *out = (enum import_field)i;
            return true;
        }
    return false;
}

const char *import_field_name(enum import_field field)
{
    return fields[field];
}

/* Parses a map, split at the last =, since a heading may hold one. */
bool import_map_parse(const char *text, struct import_map *out, struct err *err)
{
    const char *mark = strrchr(text, '=');
    enum import_field field;
    *out = (struct import_map){.field = IMPORT_FIELD_COUNT};
    if (!mark)
        return err_set(err, ERR_USAGE, "\"%.60s\": write 'their column=email'",
                       text);
    struct str name = str_trim(str_of(mark + 1));
    out->column = str_trim((struct str){text, (size_t)(mark - text)});
    if (name.len == 0)
        return true;
    if (!import_field_find(name, &field))
        return err_set(err, ERR_USAGE,
                       "\"%.60s\": there is no field \"%.*s\"; there are "
                       "email, name, first_name, last_name, state, "
                       "categories, language, timezone",
                       text, STR_ARG(name));
    out->field = (int)field;
    return true;
}

/* ---- the first row ---- */

static bool fits(const struct import_shape *shape, struct headings *headings)
{
    for (size_t i = 0; i < ARRAY_SIZE(shape->signature); i++)
        if (shape->signature[i] &&
            find_heading(headings, shape->signature[i]) == NOWHERE)
            return false;
    return true;
}

static const struct import_shape *find_shape(struct headings *headings)
{
    const struct import_shape *shape = import_shapes;
    while (shape->tool && !fits(shape, headings))
        shape++;
    return shape->tool ? shape : &import_any_shape;
}

static void place(struct import_columns *columns, struct headings *headings,
                  const struct import_heading *known, size_t most)
{
    for (size_t i = 0; i < most && known[i].heading; i++) {
        int *at = &columns->places[known[i].field];
        if (*at == NOWHERE)
            *at = find_heading(headings, known[i].heading);
    }
}

static void add_left(struct import_columns *columns, int at)
{
    int *place = &columns->places[FIELD_LEFT];
    for (size_t i = 0; *place != NOWHERE && i < IMPORT_LEFT_MAX; i++)
        place = &columns->more_left[i];
    if (*place == NOWHERE)
        *place = at;
}

static void leave_out(struct import_columns *columns, int at)
{
    for (size_t i = 0; i < IMPORT_FIELD_COUNT; i++)
        if (columns->places[i] == at)
            columns->places[i] = NOWHERE;
    for (size_t i = 0; i < IMPORT_LEFT_MAX; i++)
        if (columns->more_left[i] == at)
            columns->more_left[i] = NOWHERE;
}

/* Places the columns that say who left, each of which counts. */
static void place_left(struct import_columns *columns,
                       struct headings *headings)
{
    for (size_t i = 0; import_headings[i].heading; i++) {
        if (import_headings[i].field != FIELD_LEFT)
            continue;
        int at = find_heading(headings, import_headings[i].heading);
        if (at != NOWHERE &&
            import_columns_field(columns, (size_t)at) == IMPORT_FIELD_COUNT)
            add_left(columns, at);
    }
}

static bool fail_heading(const struct csv_row *row, const char *name,
                         struct str wanted, struct err *err)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; i < row->count && i < 12; i++)
        strbuf_add_format(&names, "%s\"%.*s\"", i ? ", " : "",
                          STR_ARG(row->fields[i]));
    return err_set(err, ERR_INPUT,
                   "%s:%u: no column is named \"%.*s\"; the first row names "
                   "%s%s",
                   name, row->line, STR_ARG(wanted), strbuf_text(&names),
                   str_equal(wanted, STR("email"))
                       ? "; if one of them holds the addresses, map it to "
                         "email"
                       : "");
}

/* ---- a first row that is a person ---- */

static bool is_address(struct str cell)
{
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
    OWNED(address_free) struct address address = {0};
    return address_parse(import_cell_address(cell, &name), &address, NULL);
}

/* A word with a letter that is neither a code ("en"), nor a number, a date or
 * an address of any kind. */
static bool is_name(struct str cell)
{
    bool letters = false, small = cell.len <= 3;
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.ptr[i];
        if (strchr("@/_:", c) || (c >= '0' && c <= '9'))
            return false;
        letters |= (unsigned char)c >= 0x80 || (c >= 'A' && c <= 'Z') ||
                   (c >= 'a' && c <= 'z');
        small &= c >= 'a' && c <= 'z';
    }
    return letters && !small;
}

static int find_word(const struct import_word *words, struct str text);

/* The first address, a word for a state, and the name where only one column
 * can be it. */
static void place_person(struct import_columns *columns,
                         const struct csv_row *row)
{
    int *places = columns->places;
    size_t names = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct str cell = str_trim(row->fields[i]);
        enum import_field field = IMPORT_FIELD_COUNT;
        if (places[FIELD_EMAIL] == NOWHERE && is_address(cell))
            field = FIELD_EMAIL;
        else if (find_word(import_words, cell) != IMPORT_UNKNOWN)
            field = FIELD_STATE;
        else if (is_name(cell) && names++ == 0)
            field = FIELD_NAME;
        if (field < IMPORT_FIELD_COUNT && places[field] == NOWHERE)
            places[field] = (int)i;
    }
    if (names > 1)
        places[FIELD_NAME] = NOWHERE;
}

static bool holds_address(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (is_address(row->fields[i]))
            return true;
    return false;
}

/* ---- columns that the caller names ---- */

/* The column of that name, or "#3". */
static int find_column(const struct csv_row *row, const struct import_map *map)
{
    unsigned long long number = map->number;
    for (size_t i = 0; i < row->count && !number; i++)
        if (str_equal_nocase(str_trim(row->fields[i]), map->column))
            return (int)i;
    if (!number && (!str_starts(map->column, STR("#")) ||
                    !str_to_u64(str_from(map->column, 1), &number)))
        return NOWHERE;
    return number && number <= row->count ? (int)number - 1 : NOWHERE;
}

static bool place_map(struct import_columns *columns, const struct csv_row *row,
                      const char *name, const struct import_map *map,
                      struct err *err)
{
    int at = find_column(row, map);
    if (at == NOWHERE)
        return fail_heading(row, name, map->column, err);
    leave_out(columns, at);
    if (map->field == FIELD_LEFT)
        add_left(columns, at);
    else if (map->field < IMPORT_FIELD_COUNT)
        columns->places[map->field] = at;
    return true;
}

static bool check_maps(const struct import_map *maps, size_t count,
                       const char *name, struct err *err)
{
    bool taken[IMPORT_FIELD_COUNT] = {0};
    for (size_t i = 0; i < count; i++) {
        int field = maps[i].field;
        if (field < IMPORT_FIELD_COUNT && field != FIELD_LEFT && taken[field])
            return err_set(err, ERR_INPUT,
                           "%s: two columns are mapped to %s; choose one", name,
                           fields[field]);
        if (field < IMPORT_FIELD_COUNT)
            taken[field] = true;
    }
    return true;
}

bool import_columns_find(struct import_columns *columns,
                         const struct csv_row *row, const char *name,
                         const struct import_map *maps, size_t map_count,
                         struct err *err)
{
    OWNED(free_headings) struct headings headings = fold_row(row);
    columns->shape = find_shape(&headings);
    for (size_t i = 0; i < IMPORT_FIELD_COUNT; i++)
        columns->places[i] = NOWHERE;
    for (size_t i = 0; i < IMPORT_LEFT_MAX; i++)
        columns->more_left[i] = NOWHERE;
    place(columns, &headings, columns->shape->columns,
          ARRAY_SIZE(columns->shape->columns));
    place(columns, &headings, import_headings, SIZE_MAX);
    place_left(columns, &headings);
    columns->is_headless =
        columns->places[FIELD_EMAIL] == NOWHERE && holds_address(row);
    if (columns->is_headless)
        place_person(columns, row);
    if (!check_maps(maps, map_count, name, err))
        return false;
    for (size_t i = 0; i < map_count; i++)
        if (!place_map(columns, row, name, &maps[i], err))
            return false;
    return columns->places[FIELD_EMAIL] != NOWHERE ||
           fail_heading(row, name, STR("email"), err);
}

/* Whether a row may be the list's own title: one cell, where others have a row
 * of headings. */
static bool may_be_title(const struct csv_row *row)
{
    return row->count == 1 && !row->problem && row->line == 1;
}

bool import_columns_read(struct import_columns *columns, struct csv *csv,
                         const struct import_map *maps, size_t map_count,
                         struct csv_row *row, struct err *err)
{
    struct err title = {0};
    const char *name = csv_name(csv);
    if (!csv_next(csv, row, err))
        return false;
    if (row->count == 0)
        return err_set(err, ERR_INPUT, "%s: the file is empty", name);
    if (!may_be_title(row))
        return import_columns_find(columns, row, name, maps, map_count, err);
    if (import_columns_find(columns, row, name, maps, map_count, &title))
        return true;
    if (!csv_next(csv, row, err))
        return false;
    if (row->count > 1)
        return import_columns_find(columns, row, name, maps, map_count, err);
    *err = title;
    return false;
}

/* ---- what became of them ---- */

int import_columns_field(const struct import_columns *columns, size_t at)
{
    int field = 0;
    for (size_t i = 0; i < IMPORT_LEFT_MAX; i++)
        if (columns->more_left[i] == (int)at)
            return FIELD_LEFT;
    while (field < IMPORT_FIELD_COUNT && columns->places[field] != (int)at)
        field++;
    return field;
}

void import_columns_title(const struct import_columns *columns,
                          const struct csv_row *row, size_t at,
                          struct strbuf *out)
{
    int field = import_columns_field(columns, at);
    if (!columns->is_headless)
        strbuf_add_str(out, row->fields[at]);
    else if (field < IMPORT_FIELD_COUNT)
        strbuf_add_text(out, fields[field]);
    else
        strbuf_add_format(out, "column %zu", at + 1);
}

const char *import_columns_tool(const struct import_columns *columns)
{
    return columns->shape->tool;
}

/* ---- rows ---- */

struct str import_columns_cell(const struct import_columns *columns,
                               const struct csv_row *row,
                               enum import_field field)
{
    int at = columns->places[field];
    return at >= 0 && (size_t)at < row->count ? row->fields[at] : STR("");
}

static int find_word(const struct import_word *words, struct str text)
{
    char room[WORD_MAX];
    struct str word = plain(text, room);
    for (; words && words->word; words++)
        if (is_word(word, words->word))
            return words->state;
    return IMPORT_UNKNOWN;
}

static int state_of(const struct import_shape *shape, struct str text,
                    struct err *why)
{
    text = str_trim(text);
    int state = text.len ? find_word(shape->words, text) : shape->presumed;
    if (state == IMPORT_UNKNOWN && text.len)
        state = find_word(import_words, text);
    if (state != IMPORT_UNKNOWN)
        return state;
    if (text.len == 0)
        err_set(why, ERR_INPUT, "it doesn't say whether they are subscribed");
    else
        err_set(why, ERR_INPUT,
                "\"%.*s\" is no state that we know; write active, pending, "
                "unsubscribed, bounced or complained, or leave the column "
                "out",
                (int)(text.len < 60 ? text.len : 60), text.ptr);
    return IMPORT_UNKNOWN;
}

/* The severity of states, from the one who reads to the one who must never be
 * written to. */
static const int severity[] = {
    [SUBSCRIPTION_ACTIVE] = 0,
    [SUBSCRIPTION_PENDING] = 1,
    [SUBSCRIPTION_UNSUBSCRIBED] = 2,
    [SUBSCRIPTION_BOUNCED] = 3,
    [IMPORT_BLOCKED] = 4,
    [SUBSCRIPTION_COMPLAINED] = 5,
    [IMPORT_UNKNOWN] = 6,
};

/* A date, or a yes. */
static bool says_left(struct str cell)
{
    static const char *const noes[] = {"",  "0", "no",   "false", "n",
                                       "-", "f", "null", "never", "none"};
    cell = str_trim(cell);
    for (size_t i = 0; i < ARRAY_SIZE(noes); i++)
        if (str_equal_nocase(cell, str_of(noes[i])))
            return false;
    return !str_starts(cell, STR("0000-00-00"));
}

static bool has_left(const struct import_columns *columns,
                     const struct csv_row *row)
{
    bool left = says_left(import_columns_cell(columns, row, FIELD_LEFT));
    for (size_t i = 0; !left && i < IMPORT_LEFT_MAX; i++) {
        int at = columns->more_left[i];
        left = at >= 0 && (size_t)at < row->count && says_left(row->fields[at]);
    }
    return left;
}

/* The worst that the columns say which are read as nothing. */
static int parting_of(const struct import_columns *columns,
                      const struct csv_row *row)
{
    int worst = SUBSCRIPTION_ACTIVE;
    for (size_t i = 0; i < row->count; i++) {
        if (import_columns_field(columns, i) != IMPORT_FIELD_COUNT)
            continue;
        int said = find_word(import_parting_words, str_trim(row->fields[i]));
        if (said != IMPORT_UNKNOWN && severity[said] > severity[worst])
            worst = said;
    }
    return worst;
}

static int worse_of(int one, int other)
{
    return severity[other] > severity[one] ? other : one;
}

int import_columns_state(const struct import_columns *columns,
                         const struct csv_row *row, struct err *why)
{
    int state = state_of(columns->shape,
                         import_columns_cell(columns, row, FIELD_STATE), why);
    if (has_left(columns, row))
        state = worse_of(state, SUBSCRIPTION_UNSUBSCRIBED);
    state = worse_of(state, parting_of(columns, row));
    struct str other = import_columns_cell(columns, row, FIELD_STATE_TOO);
    if (str_trim(other).len == 0)
        return state;
    return worse_of(state, state_of(columns->shape, other, why));
}

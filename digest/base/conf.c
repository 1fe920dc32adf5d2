/* Reads and checks digest.yaml, section by section, each key by a row. */
#include "digest/base/conf.h"

#include <assert.h>
#include <libgen.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/file.h"
#include "digest/base/host.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/yaml.h"

enum { MAX_FILE = 1 << 20 };

enum type {
    TEXT,
    ADDRESS,
    PATH,
    URL,
    COUNT,
    RATE,
    DURATION,
    TLS,
    MEDIA,
    TRUTH,
    LIST
};

struct key {
    const char *name;
    enum type type;
    size_t offset;
};

static const struct key site_keys[] = {
    {"name", TEXT, offsetof(struct conf, site_name)},
    {"base_url", URL, offsetof(struct conf, base_url)},
    {"url", URL, offsetof(struct conf, site_url)},
    {"postal_address", TEXT, offsetof(struct conf, postal_address)},
    {"operator", ADDRESS, offsetof(struct conf, operator_address)},
    {0},
};
static const struct key database_keys[] = {
    {"path", PATH, offsetof(struct conf, database_path)},
    {0},
};
static const struct key keys_keys[] = {
    {"file", PATH, offsetof(struct conf, keys_file)},
    {0},
};
static const struct key relay_keys[] = {
    {"url", TEXT, offsetof(struct conf_relay, url)},
    {"tls", TLS, offsetof(struct conf_relay, tls_none)},
    {"ca_file", PATH, offsetof(struct conf_relay, ca_file)},
    {"password_file", PATH, offsetof(struct conf_relay, password_file)},
    {"weight", COUNT, offsetof(struct conf_relay, weight)},
    {"connections", COUNT, offsetof(struct conf_relay, connections)},
    {"messages_per_connection", COUNT,
     offsetof(struct conf_relay, messages_per_connection)},
    {"connections_per_domain", COUNT,
     offsetof(struct conf_relay, connections_per_domain)},
    {"rate", RATE, offsetof(struct conf_relay, rate)},
    {"rate_per_domain", RATE, offsetof(struct conf_relay, rate_per_domain)},
    {"give_up_after", DURATION, offsetof(struct conf_relay, give_up_after)},
    {"timeout", DURATION, offsetof(struct conf_relay, timeout)},
    {"pause_after", COUNT, offsetof(struct conf_relay, pause_after)},
    {0},
};
static const struct key pace_keys[] = {
    {"rate", RATE, offsetof(struct conf, pace_rate)},
    {"connections", COUNT, offsetof(struct conf, pace_connections)},
    {0},
};
static const struct key dkim_keys[] = {
    {"domain", TEXT, offsetof(struct conf_dkim, domain)},
    {"selector", TEXT, offsetof(struct conf_dkim, selector)},
    {"key", PATH, offsetof(struct conf_dkim, key)},
    {0},
};
static const struct key bounce_keys[] = {
    {"address", ADDRESS, offsetof(struct conf, bounce_address)},
    {"mailbox", TEXT, offsetof(struct conf, bounce_mailbox)},
    {"password_file", PATH, offsetof(struct conf, bounce_password_file)},
    {"ca_file", PATH, offsetof(struct conf, bounce_ca_file)},
    {"soft_limit", COUNT, offsetof(struct conf, bounce_soft_limit)},
    {"authserv_id", TEXT, offsetof(struct conf, bounce_authserv_id)},
    {0},
};
static const struct key http_keys[] = {
    {"listen", TEXT, offsetof(struct conf, listen)},
    {"trusted_proxies", LIST, offsetof(struct conf, trusted_proxies)},
    {"client_header", TEXT, offsetof(struct conf, client_header)},
    {0},
};
static const struct key privacy_keys[] = {
    {"keep_logs", DURATION, offsetof(struct conf, keep_logs)},
    {"keep_proofs", DURATION, offsetof(struct conf, keep_proofs)},
    {0},
};
static const struct key fetch_keys[] = {
    {"allow_private", TRUTH, offsetof(struct conf, fetch_private)},
    {0},
};

static const struct key media_keys[] = {
    {"fetch", MEDIA, offsetof(struct conf, media_fetch)},
    {0},
};

static const struct {
    const char *name;
    const struct key *keys;
} sections[] = {
    {"site", site_keys},   {"database", database_keys},
    {"keys", keys_keys},   {"transport", relay_keys},
    {"dkim", dkim_keys},   {"bounces", bounce_keys},
    {"http", http_keys},   {"privacy", privacy_keys},
    {"fetch", fetch_keys}, {"pace", pace_keys},
    {"media", media_keys},
};

/* The section that is being read, for errors. */
struct place {
    struct conf *conf;
    const char *section;
};

static bool fail_at(const struct place *place, const struct yaml *node,
                    struct err *err, const char *wanted)
{
    return err_set(err, ERR_CONFIG, "%s:%u: %s.%s: %s", place->conf->path,
                   node->line, place->section, node->key ? node->key : "",
                   wanted);
}

static bool set_list(const struct place *place, const struct yaml *node,
                     struct conf_list *list, struct err *err)
{
    const struct yaml *item = node->kind == YAML_TEXT ? node : node->children;
    for (const struct yaml *i = item; i; i = i->next) {
        list->count++;
        if (i == node)
            break;
    }
    list->items =
        ARENA_NEW_ARRAY(&place->conf->arena, const char *, list->count);
    for (size_t i = 0; item && i < list->count; i++, item = item->next) {
        if (item->kind != YAML_TEXT)
            return fail_at(place, node, err, "has to be a list of words");
        list->items[i] = item->text;
    }
    return true;
}

static bool set_path(const struct place *place, const char *text,
                     const char **out)
{
    OWNED(mem_free) char *joined = file_join(place->conf->folder, text);
    *out = arena_copy(&place->conf->arena, joined);
    return true;
}

static bool set_url(const struct place *place, const struct yaml *node,
                    const char **out, struct err *err)
{
    struct err why;
    OWNED(strbuf_free) struct strbuf ascii = STRBUF_INIT;
    struct str url = str_of(node->text);
    if (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://")))
        return fail_at(place, node, err,
                       "has to begin with https:// (or http://)");
    if (!host_of_url_to_ascii(url, &ascii, &why))
        return fail_at(place, node, err,
                       arena_format(&place->conf->arena,
                                    "the host can't be written in DNS: %s",
                                    why.text));
    url = strbuf_str(&ascii);
    while (str_ends(url, STR("/")))
        url.len--;
    *out = arena_copy_str(&place->conf->arena, url);
    return true;
}

static bool is_address(const char *text)
{
    const char *at = strchr(text, '@');
    if (!at || at == text || !at[1] || strchr(at + 1, '@'))
        return false;
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7f ||
            strchr("<>()[],;:\\\"", *text))
            return false;
    return true;
}

static bool set_number(const struct place *place, const struct yaml *node,
                       int64_t *out, struct err *err)
{
    unsigned long long number;
    if (!str_to_u64(str_of(node->text), &number) || number < 1 ||
        number > 1000000)
        return fail_at(place, node, err,
                       "has to be a whole number from 1 to 1000000");
    *out = (int64_t)number;
    return true;
}

static bool set_rate(const struct place *place, const struct yaml *node,
                     double *out, struct err *err)
{
    char *end;
    double rate = strtod(node->text, &end);
    if (end == node->text || *end || !(rate > 0) || rate > 1e6)
        return fail_at(place, node, err,
                       "has to be a number of messages a second, above 0");
    *out = rate;
    return true;
}

static bool set_tls(const struct place *place, const struct yaml *node,
                    bool *none, struct err *err)
{
    *none = strcmp(node->text, "none") == 0;
    if (*none || strcmp(node->text, "require") == 0)
        return true;
    return fail_at(place, node, err, "has to be \"require\" or \"none\"");
}

static bool set_media(const struct place *place, const struct yaml *node,
                      enum conf_media *out, struct err *err)
{
    static const char *const words[] = {[CONF_MEDIA_PASTED] = "pasted",
                                        [CONF_MEDIA_ALL] = "all",
                                        [CONF_MEDIA_NONE] = "none"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strcmp(node->text, words[i]) == 0) {
            *out = (enum conf_media)i;
            return true;
        }
    return fail_at(place, node, err,
                   "has to be \"pasted\" (articles without an address of "
                   "their own), \"all\" or \"none\"");
}

static bool set_value(const struct place *place, const struct key *key,
                      const struct yaml *node, void *target, struct err *err)
{
    void *at = (char *)target + key->offset;
    if (key->type == LIST)
        return set_list(place, node, at, err);
    if (node->kind != YAML_TEXT)
        return fail_at(place, node, err, "has to be a single value");
    if (yaml_is_null(node))
        return true;
    switch (key->type) {
    case PATH:
        return set_path(place, node->text, at);
    case ADDRESS:
        *(const char **)at = node->text;
        return is_address(node->text) ||
               fail_at(place, node, err,
                       "has to be an address such as name@example.org");
    case URL:
        return set_url(place, node, at, err);
    case COUNT:
        return set_number(place, node, at, err);
    case RATE:
        return set_rate(place, node, at, err);
    case TLS:
        return set_tls(place, node, at, err);
    case MEDIA:
        return set_media(place, node, at, err);
    case DURATION:
        return time_parse_duration(str_of(node->text), at) ||
               fail_at(place, node, err,
                       "has to be a time such as 30m, 48h, 7d, 5y");
    case TRUTH:
        return yaml_to_bool(node, at) ||
               fail_at(place, node, err, "has to be true or false");
    default:
        *(const char **)at = node->text;
        return true;
    }
}

/* Names the key that was probably meant, when one is near. */
static bool fail_unknown(const struct conf *conf, const struct yaml *node,
                         const char *where, const char *const *names,
                         size_t count, struct err *err)
{
    const char *best = NULL;
    unsigned nearest = 4;
    for (size_t i = 0; i < count; i++) {
        unsigned d = str_distance(str_of(node->key), str_of(names[i]));
        if (d < nearest) {
            nearest = d;
            best = names[i];
        }
    }
    err_set(err, ERR_CONFIG, "%s:%u: unknown key \"%.60s\"%s%s%s%s%s",
            conf->path, node->key_line, node->key, *where ? " under " : "",
            where, best ? "; did you mean \"" : "", best ? best : "",
            best ? "\"?" : "");
    return false;
}

static bool read_section(const struct place *place, const struct key *keys,
                         const struct yaml *map, void *target, struct err *err)
{
    if (map->kind == YAML_TEXT && yaml_is_null(map))
        return true;
    if (map->kind != YAML_MAP)
        return err_set(err, ERR_CONFIG,
                       "%s:%u: %s: has to hold keys, each on a line of its "
                       "own, indented",
                       place->conf->path, map->line, place->section);
    for (const struct yaml *node = map->children; node; node = node->next) {
        const char *names[16];
        size_t count = 0;
        const struct key *found = NULL;
        for (const struct key *key = keys; key->name; key++) {
            names[count++] = key->name;
            if (strcmp(key->name, node->key) == 0)
                found = key;
        }
        if (!found)
            return fail_unknown(place->conf, node, place->section, names, count,
                                err);
        if (!set_value(place, found, node, target, err))
            return false;
    }
    return true;
}

/* Counts the mappings of a node: one, or a list of them. */
static size_t mapping_count(const struct yaml *node)
{
    size_t count = node->kind == YAML_LIST ? 0 : 1;
    if (node->kind == YAML_LIST)
        for (const struct yaml *item = node->children; item; item = item->next)
            count++;
    return count;
}

static bool read_relays(const struct place *place, const struct yaml *node,
                        struct err *err)
{
    struct conf *conf = place->conf;
    conf->relay_count = mapping_count(node);
    conf->relays =
        ARENA_NEW_ARRAY(&conf->arena, struct conf_relay, conf->relay_count);
    const struct yaml *item = node->kind == YAML_LIST ? node->children : node;
    for (size_t i = 0; i < conf->relay_count; i++, item = item->next) {
        struct conf_relay *relay = &conf->relays[i];
        relay->weight = 1;
        relay->give_up_after = (int64_t)48 * 3600;
        relay->pause_after = 20;
        if (!read_section(place, relay_keys, item, relay, err))
            return false;
        if (!relay->url)
            return err_set(err, ERR_CONFIG,
                           "%s:%u: transport has no url; for example url: "
                           "smtp://user@mail.example.org:587",
                           conf->path, item->line);
    }
    return true;
}

static bool read_dkim(const struct place *place, const struct yaml *node,
                      struct err *err)
{
    struct conf *conf = place->conf;
    conf->dkim_count = mapping_count(node);
    conf->dkim =
        ARENA_NEW_ARRAY(&conf->arena, struct conf_dkim, conf->dkim_count);
    const struct yaml *item = node->kind == YAML_LIST ? node->children : node;
    for (size_t i = 0; i < conf->dkim_count; i++, item = item->next) {
        struct conf_dkim *dkim = &conf->dkim[i];
        if (!read_section(place, dkim_keys, item, dkim, err))
            return false;
        if (!dkim->domain || !dkim->selector || !dkim->key)
            return err_set(err, ERR_CONFIG,
                           "%s:%u: dkim needs domain, selector and key",
                           conf->path, item->line) ||
                   err_remedy(err, REMEDY_MAKE_KEY, NULL);
    }
    return true;
}

static bool read_root(struct conf *conf, const struct yaml *root,
                      struct err *err)
{
    if (root->kind != YAML_MAP)
        return err_set(err, ERR_CONFIG,
                       "%s:%u: has to hold sections such "
                       "as \"site:\"",
                       conf->path, root->line);
    for (const struct yaml *node = root->children; node; node = node->next) {
        const char *names[ARRAY_SIZE(sections)];
        size_t found = ARRAY_SIZE(sections);
        for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
            names[i] = sections[i].name;
            if (strcmp(sections[i].name, node->key) == 0)
                found = i;
        }
        if (found == ARRAY_SIZE(sections))
            return fail_unknown(conf, node, "", names, ARRAY_SIZE(names), err);
        const struct key *keys = sections[found].keys;
        struct place place = {conf, sections[found].name};
        bool good = keys == relay_keys ? read_relays(&place, node, err)
                    : keys == dkim_keys
                        ? read_dkim(&place, node, err)
                        : read_section(&place, keys, node, conf, err);
        if (!good)
            return false;
    }
    return true;
}

static void set_defaults(struct conf *conf)
{
    struct place place = {conf, ""};
    set_path(&place, "digest.db", &conf->database_path);
    set_path(&place, "digest.keys", &conf->keys_file);
    conf->bounce_soft_limit = 4;
    conf->listen = "127.0.0.1:8080";
    conf->client_header = "X-Forwarded-For";
    conf->keep_logs = (int64_t)90 * 86400;
    conf->keep_proofs = (int64_t)5 * 365 * 86400;
}

static bool read_password(struct conf *conf, struct conf_relay *relay,
                          struct err *err)
{
    const char *given = getenv("DIGEST_SMTP_PASSWORD");
    if (!relay->password_file) {
        relay->password = given ? arena_copy(&conf->arena, given) : NULL;
        return true;
    }
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (!file_read(relay->password_file, 4096, &text, err)) {
        err->kind = ERR_CONFIG;
        return err_context(err, "%s: transport.password_file", conf->path);
    }
    struct str rest = strbuf_str(&text), line = {0};
    str_next_line(&rest, &line);
    relay->password = arena_copy_str(&conf->arena, str_trim(line));
    return true;
}

static bool check(struct conf *conf, struct err *err)
{
    for (size_t i = 0; i < conf->relay_count; i++)
        if (!read_password(conf, &conf->relays[i], err))
            return false;
    return true;
}

/* A mailbox that is a path counts from the folder of digest.yaml, wherever
 * cron calls from. */
static void place_mailbox(struct conf *conf)
{
    static const char *const kinds[] = {"maildir:", "mbox:"};
    const char *url = conf->bounce_mailbox;
    for (size_t i = 0; url && i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_starts(str_of(url), str_of(kinds[i])))
            continue;
        OWNED(mem_free)
        char *path = file_join(conf->folder, url + strlen(kinds[i]));
        conf->bounce_mailbox =
            arena_format(&conf->arena, "%s%s", kinds[i], path);
        return;
    }
}

bool conf_parse(struct str text, const char *folder, const char *name,
                struct conf *out, struct err *err)
{
    struct conf conf = {0};
    conf.folder = arena_copy(&conf.arena, folder);
    conf.path = arena_copy(&conf.arena, name);
    set_defaults(&conf);
    struct yaml *root;
    bool good = yaml_parse(&conf.arena, text, name, 1, &root, err);
    if (!good && err)
        err->kind = ERR_CONFIG;
    if (good && read_root(&conf, root, err) && check(&conf, err)) {
        place_mailbox(&conf);
        *out = conf;
        return true;
    }
    conf_free(&conf);
    return false;
}

bool conf_load(const char *folder, const char *path, struct conf *out,
               struct err *err)
{
    OWNED(mem_free)
    char *file = path ? mem_copy(path) : file_join(folder, "digest.yaml");
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (!file_read(file, MAX_FILE, &text, err)) {
        if (err->kind == ERR_NOT_FOUND)
            return err_set(err, ERR_CONFIG, "%s: no configuration here",
                           file) ||
                   err_remedy(err, REMEDY_MAKE_CONFIG, NULL);
        return false;
    }
    OWNED(mem_free) char *beside = path ? mem_copy(path) : NULL;
    const char *base = folder;
    if (beside) {
        char *slash = strrchr(beside, '/');
        base = slash ? (*slash = '\0', beside) : ".";
    }
    if (!conf_parse(strbuf_str(&text), base, file, out, err))
        return false;
    OWNED(mem_free) char *database = mem_copy(out->database_path);
    file_add_home(base);
    file_add_home(dirname(database));
    return true;
}

const char *conf_site(const struct conf *conf)
{
    return conf->site_url ? conf->site_url : conf->base_url;
}

bool conf_sends_mail(const struct conf *conf)
{
    for (size_t i = 0; i < conf->relay_count; i++)
        if (str_starts_nocase(str_of(conf->relays[i].url), STR("smtp")))
            return true;
    return false;
}

void conf_free(struct conf *conf)
{
    arena_free(&conf->arena);
}

/* Time zones as the system has them: TZif files (RFC 8536), read once.
 *
 * libical converts by rules that it derives from such a file, and is an hour
 * off where a zone has changed its rules (America/Sao_Paulo in 2014,
 * Asia/Gaza in 2017); so the offsets are taken from the file itself. For the
 * files of this room alone.
 */
#ifndef DIGEST_BASE_ZONE_FILE_INTERNAL_H
#define DIGEST_BASE_ZONE_FILE_INTERNAL_H

#include <stdint.h>

#include "digest/base/str.h"

struct zone_file;

/* The zone of this name, or NULL; kept as long as the program runs. Safe
 * from several threads. */
const struct zone_file *zone_file_get(const char *name);

/* Seconds to add to UTC at a time. */
int64_t zone_file_offset(const struct zone_file *zone, int64_t at);

/* Parses the bytes of a zone file, for tests; NULL where they are none. */
struct zone_file *zone_file_parse(struct str bytes);
void zone_file_free(struct zone_file *zone);

/* ---- the rule behind the last change (zone_rule.c) ---- */

/* The time of one of a year's two changes. */
struct zone_change {
    enum { ZONE_WEEKDAY, ZONE_DAY, ZONE_DAY_NO_LEAP } kind;
    int month, week, day; /* the day counts from 0, without leap from 1 */
    int64_t second;       /* of that day, in local time */
};

struct zone_rule {
    int64_t standard, summer; /* offsets */
    bool has_summer;
    struct zone_change begin, end;
};

/* Reads what POSIX has in TZ: "CET-1CEST,M3.5.0,M10.5.0/3". */
bool zone_rule_parse(struct str text, struct zone_rule *out);
int64_t zone_rule_offset(const struct zone_rule *rule, int64_t at);

#endif

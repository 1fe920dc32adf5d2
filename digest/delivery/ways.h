/* The ways that mail takes: to mail servers, or, where none is connected, to
 * a folder or nowhere.
 *
 * Ways are lines of text, without repeats: "smtp:" for mail servers,
 * "maildir:PATH" as digest.yaml has it, "null:". What was written to a folder
 * was sent to nobody, and that is said wherever "sent" would be read.
 */
#ifndef DIGEST_DELIVERY_WAYS_H
#define DIGEST_DELIVERY_WAYS_H

#include "digest/base/arena.h"
#include "digest/base/conf.h"

/* The ways of digest.yaml's relays; "": it names none. In the arena. */
const char *ways_of(const struct conf *conf, struct arena *arena);

/* Joins the ways of two texts. In the arena. */
const char *ways_join(const char *ways, const char *more, struct arena *arena);

/* How a sentence goes on that begins with "Mail is": "written to the folder
 * outbox", "discarded", "partly written to the folder outbox". NULL where mail
 * servers have all of it, or nothing is known. In the arena. */
const char *ways_words(const char *ways, struct arena *arena);

/* " (written to the folder outbox)", behind what is said to be sent; "" where
 * mail servers have it. In the arena. */
const char *ways_aside(const char *ways, struct arena *arena);

#endif

/* A list of names that flags addresses: mailboxes of a role (`info`), hosts
 * of disposable addresses.
 *
 * One name a line; # begins a comment. The program carries a list of each
 * kind; one with the same name beside digest.yaml stands in its place.
 */
#ifndef SUBSCRIBERS_ROSTER_ADDRESS_LIST_H
#define SUBSCRIBERS_ROSTER_ADDRESS_LIST_H

#include "digest/base/err.h"
#include "digest/base/str.h"

#define ADDRESS_LIST_ROLE "role.txt"
#define ADDRESS_LIST_DISPOSABLE "disposable.txt"

struct address_list;

/* Reads FOLDER/NAME where it is there, and the program's own otherwise.
 * Fails: PERMISSION, IO, INPUT (too large, or a line that is no name: it
 * says which). */
FALLIBLE bool address_list_load(const char *folder, const char *name,
                                struct address_list **out, struct err *err);
/* The same from text; `name` stands in errors. */
FALLIBLE bool address_list_parse(struct str text, const char *name,
                                 struct address_list **out, struct err *err);
void address_list_free(struct address_list *list);
void address_list_release(struct address_list **list); /* for OWNED */

/* Whether a name stands there, ASCII letters without case. */
bool address_list_has(const struct address_list *list, struct str name);
/* Whether a domain stands there, or one that it belongs to. */
bool address_list_has_domain(const struct address_list *list,
                             struct str domain);

#endif

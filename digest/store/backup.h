/* Backups: verified copies of the whole database, and the way back.
 *
 * A copy is one file that needs no other. It is made from one moment's view,
 * so that a send that commits a thousand times a second neither spoils nor
 * delays it.
 */
#ifndef DIGEST_STORE_BACKUP_H
#define DIGEST_STORE_BACKUP_H

#include "digest/store/db.h"

/* Copies the database, also while it is in use. The name appears when the
 * copy is complete, checked and on disk. Fails: CONFLICT when `path` exists,
 * IO, PERMISSION, STORE. */
FALLIBLE bool db_backup(struct db *db, const char *path, struct err *err);

/* Whether all of the database can be read and agrees with itself. Fails:
 * STORE, saying what is wrong with it. */
FALLIBLE bool db_check(struct db *db, struct err *err);

/* Puts a backup in the database's place: checked first, copied, and taken
 * over in one step. What stands there is refused without `replace`, and kept
 * aside with it; *aside is its new name then (free() it), or NULL. A backup
 * of an older program is migrated when it is next opened. Fails: NOT_FOUND,
 * STORE (the backup is damaged, or from a newer program), CONFLICT,
 * TEMPORARY when the database is in use, IO, PERMISSION. */
FALLIBLE bool db_restore(const char *backup, const char *path, bool replace,
                         char **aside, struct err *err);

/* Copies a database that is about to be migrated to a file beside it, whose
 * name is in *copy (free() it). */
FALLIBLE bool db_backup_beside(struct db *db, int version, char **copy,
                               struct err *err);
/* Takes away all but the newest of such copies, when one is migrated. */
enum { BACKUPS_OF_MIGRATIONS = 3 };
FALLIBLE bool db_prune_beside(struct db *db, struct err *err);

#endif

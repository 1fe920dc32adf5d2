/* The system's own error where SQLite read or wrote a file; for the files of
 * this room alone. SQLite calls a read that failed a damaged database, and
 * forgets why a write failed. */
#ifndef DIGEST_STORE_DISK_INTERNAL_H
#define DIGEST_STORE_DISK_INTERNAL_H

/* Notes failures from now on. To be called before a file is opened. */
void disk_watch(void);

/* The errno of the last call that failed on this thread since this was asked;
 * 0 where none did. */
int disk_fault(void);

#endif

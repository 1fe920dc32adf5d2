/* Slots: the places in a rendered text where each recipient's own values go.
 *
 * A template writes {{{slot.unsubscribe_url}}}; the renderer puts a mark
 * there: SLOT_OPEN name SLOT_CLOSE. The message room turns marks into
 * splice points. The marks are control characters, which utf8_clean takes
 * out of every value that comes from outside, so no value can forge one.
 * Slot names are [a-z_]+.
 */
#ifndef DIGEST_BASE_SLOT_H
#define DIGEST_BASE_SLOT_H

#define SLOT_OPEN '\x02'
#define SLOT_CLOSE '\x03'

#endif

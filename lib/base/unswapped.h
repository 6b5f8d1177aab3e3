/*
 * unswapped - keep secrets out of the swap.
 *
 * Cores are another matter: a process that holds secrets makes none.
 */
#ifndef KEELSON_BASE_UNSWAPPED_H
#define KEELSON_BASE_UNSWAPPED_H

#include <stdbool.h>
#include <stddef.h>

enum unswapped {
	UNSWAPPED_NOTHING,
	UNSWAPPED_SO_FAR, /* what is mapped now; later memory may be swapped */
	UNSWAPPED_ALL,
};

/*
 * Lock the memory of this process, as far as its limit allows (RLIMIT_MEMLOCK,
 * raised where that is permitted).  Only pages in use count.  Neither fork(2)
 * nor execve(2) hands the lock on; both hand on the limit.
 * @keeps_rights  it will not drop capabilities: CAP_IPC_LOCK then does as well
 */
enum unswapped unswapped_begin(bool keeps_rights);

/* Lock the pages of a key, if the limit has room for them. */
void unswapped_keep(const void *key, size_t n);

#endif

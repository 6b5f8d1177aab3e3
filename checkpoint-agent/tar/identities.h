/*
 * identities - the private keys of --identity, which decrypt an archive.
 */
#ifndef CHECKPOINT_AGENT_TAR_IDENTITIES_H
#define CHECKPOINT_AGENT_TAR_IDENTITIES_H

#include "lib/arc/age.h"
#include "lib/base/args.h"
#include "lib/base/err.h"

struct identities {
	struct age_key key[AGE_RECIPIENTS_MAX];
	size_t n;
};

/*
 * Add the keys of all files, which are as age-keygen(1) writes them, of 64 KiB
 * at the most.  Call identities_wipe() in any case.
 * 0, or -1: a file cannot be read, has no key, or there are too many keys.
 */
int identities_read(
	struct identities *k, const struct args_list *files, struct err *e);

void identities_wipe(struct identities *k);

#endif

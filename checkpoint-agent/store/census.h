/*
 * census - the number of archives in a directory and their size together.
 */
#ifndef CHECKPOINT_AGENT_STORE_CENSUS_H
#define CHECKPOINT_AGENT_STORE_CENSUS_H

#include "lib/base/err.h"

#include <stdint.h>

struct census {
	uint64_t archives;
	uint64_t bytes;
};

/* A directory that does not exist holds none. 0 or -1. */
int census_take(const char *dir, struct census *out, struct err *e);

#endif

/*
 * census - how many archives there are and how much room they take.
 */
#ifndef CHECKPOINT_AGENT_CENSUS_H
#define CHECKPOINT_AGENT_CENSUS_H

#include "lib/base/err.h"

#include <stdint.h>

struct census {
	uint64_t archives;
	uint64_t bytes;
};

/* Count the directory; one that is not there holds none. 0 or -1. */
int census_take(const char *dir, struct census *out, struct err *e);

#endif

/*
 * progress - how far a transfer has come: a line that is written over on a
 * terminal, one line for each blob elsewhere; all on standard error.
 */
#ifndef KEELSON_IMAGES_SHIP_PROGRESS_H
#define KEELSON_IMAGES_SHIP_PROGRESS_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool is_quiet;
	bool is_terminal;
	uint64_t total_bytes, done_bytes;
	uint64_t began_ms, shown_ms;
};

void progress_start(struct progress *p, bool is_quiet);

/* So many bytes are to be done, all in all. */
void progress_expect(struct progress *p, uint64_t total_bytes);

/* More are done; or have to be done again. */
void progress_add(struct progress *p, uint64_t bytes);
void progress_undo(struct progress *p, uint64_t bytes);

/* A line about a blob; shown where no bar is. */
void progress_tell(struct progress *p, const char *fmt, ...) ERR_PRINTF(2, 3);

/* A line that is always shown: something is tried again. */
void progress_warn(struct progress *p, const char *fmt, ...) ERR_PRINTF(2, 3);

/* Take the bar off the terminal. */
void progress_end(struct progress *p);

#endif

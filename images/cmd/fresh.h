/*
 * fresh - what the commands about sources of the archive share: where files
 * lie, and their options.
 */
#ifndef KEELSON_IMAGES_CMD_FRESH_H
#define KEELSON_IMAGES_CMD_FRESH_H

#include "images/project/project.h"
#include "lib/base/args_table.h"
#include "lib/base/buf.h"

#define FRESH_LOCK_BYTES ((size_t)16 << 20)

/* An option of those that read indices. */
#define FRESH_KEYRING_OPTION                                                   \
	{                                                                      \
		.name = "keyring", .type = ARGS_TEXT, .value = &fresh_keyring, \
		.meta = "FILE",                                                \
		.help = "keys that may sign a suite; those of "                \
			"KEELSON_KEYRING, or Debian's, unless given"           \
	}
extern const char *fresh_keyring;

/* The file that the option, KEELSON_KEYRING or Debian names. */
const char *fresh_trust(void);

/* SOURCES_DIR, or build/sources, where the recipes look. */
const char *fresh_sources(void);

/* Seconds since 1970. */
int64_t fresh_now_s(void);

/*
 * Go to the project, read keelson.yaml and append its lock; of one that is not
 * there nothing is appended. 0 or -1.
 */
int fresh_open(struct project *p, struct buf *lock, struct err *e);

#endif

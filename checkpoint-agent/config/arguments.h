/*
 * arguments - settings as a command line, for another process of ours.
 *
 * serve starts its front by exec(2), which would have to read the configuration
 * file again, and it might have changed, or be a pipe.  So the settings that
 * are in force are written as options, from the table that reads them.
 */
#ifndef CHECKPOINT_AGENT_CONFIG_ARGUMENTS_H
#define CHECKPOINT_AGENT_CONFIG_ARGUMENTS_H

#include "checkpoint-agent/config/config.h"
#include "lib/base/arena.h"

#define ARGUMENTS_MAX 320

struct arguments {
	char *item[ARGUMENTS_MAX + 1]; /* texts in the arena; then NULL */
	size_t n;
};

/* Append one as it is, not copied. -1: more than ARGUMENTS_MAX. */
int arguments_add(struct arguments *a, char *text, struct err *e);

/*
 * Append the settings of c, after config_finish(): parsed by config_options,
 * they give the same settings.  0 or -1.
 */
int arguments_add_config(struct arguments *a, const struct config *c,
	struct arena *memory, struct err *e);

#endif

/*
 * unit - one compile or assembly, as it is written down.
 */
#ifndef KEELSON_RECORD_UNIT_H
#define KEELSON_RECORD_UNIT_H

#include "lib/base/arena.h"
#include "static-build/record/event.h"

#define UNIT_WORDS_MAX_BYTES (64u << 20)

struct unit {
	const char *kind;   /* of the event */
	const char *source; /* NULL: none named */
	const char *output;
	const char *depfile;      /* to be read; NULL: none */
	bool only_deps;           /* -M, -MM: nothing is compiled */
	struct event_file before; /* the source, before the tool ran */
};

/* A word of a command line that is no option; "-" is standard input. */
bool unit_is_operand(const char *word);

/* argv with `room` free places after its first word, in the arena. */
char **unit_words(
	char *const *argv, size_t room, struct arena *a, struct err *e);

/* Note what the source is, before the tool runs. */
void unit_look_at_source(const struct context *c, struct unit *u);

/* Write the event, once the tool has ended. 0 or -1. */
int unit_write(const struct context *c, const struct event_call *call,
	const struct unit *u, struct err *e);

/* Keep a copy of an object that is gone after the link. 0 or -1. */
int unit_keep_temporary(
	const struct context *c, const char *object, struct err *e);

#endif

/*
 * symbols - functions and variables of a program that was not stripped.
 */
#ifndef KEELSON_SBOM_TRACE_SYMBOLS_H
#define KEELSON_SBOM_TRACE_SYMBOLS_H

#include "lib/base/err.h"
#include "lib/base/str.h"

struct symbol {
	struct str name;
	uint64_t address, size; /* 0 bytes: not stated */
};

/* Views into the program's bytes; all zeroes has no symbol. */
struct symbols {
	struct str table, names;
};

/* 0, also for a program without symbols; -1 when it is not ELF. */
int symbols_open(struct str program, struct symbols *out, struct err *e);

/*
 * The next symbol that is a function or a variable; false after the last one.
 * Begin with *i = 0.
 */
bool symbols_next(const struct symbols *s, size_t *i, struct symbol *out);

/* The symbol that an address is in: the one that starts closest before it
   among those that reach it; false when none does. */
bool symbols_at(const struct symbols *s, uint64_t address, struct symbol *out);

#endif

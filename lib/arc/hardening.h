/*
 * hardening - does an ELF file have the properties that our programs promise:
 * static-pie, hardened, free of build paths?
 *
 * The linker was asked for all of that, but a wrapper that ignores a flag does
 * so silently; so the result is checked, not the command line.
 */
#ifndef KEELSON_ARC_HARDENING_H
#define KEELSON_ARC_HARDENING_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

struct hardening_rules {
	/* Texts that must not occur in any byte of the file: the project
	   root, the build directory. Empty ones are ignored. */
	const struct str *paths;
	size_t n_paths;
	bool need_cet; /* on x86-64 the IBT and SHSTK marks are required */
};

/*
 * Check one program.  Each defect is a line of `report`: "NAME: what it is
 * (the ELF field that shows it)"; a remark that is no defect starts with
 * "note: ".  Returns the number of defects, -1 when the file can't be read as
 * ELF or the report is full.
 */
int hardening_check(struct str elf, const char *name,
	const struct hardening_rules *rules, struct buf *report, struct err *e);

/* What one check found. */
struct hardening_finding {
	const char *what; /* "Stack is not executable" */
	int defects;
	bool is_optional; /* required only by rules that say so */
	struct str lines; /* ": what is wrong (the field)\n" for each */
};
enum { HARDENING_CHECKS = 9 };

/*
 * The same, check by check.  Views in *out point into the report.  0 or -1.
 */
int hardening_list(struct str elf, const struct hardening_rules *rules,
	struct hardening_finding out[HARDENING_CHECKS], struct buf *report,
	struct err *e);

#endif

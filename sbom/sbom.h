/*
 * sbom - what is in an image, from what it was made: SPDX 2.3 as JSON.
 *
 * Nothing here comes from a list kept by hand.  The caller says which files
 * the image holds and where each one came from; the rest is followed through
 * the evidence of the build: program -> link -> archive members that the link
 * really took -> object -> compile -> source and headers -> pinned file of
 * the lock, with Debian's patches and the licences that the lock states.
 * Whatever can't be followed to its end is an error that names it.
 *
 * Equal requests and equal evidence give equal bytes.
 *
 * How the keelson command uses it:
 *	static const struct args_command commands[] = {
 *		SBOM_COMMAND, INSPECT_COMMAND (static-build/inspect.h), ...
 * and the assembler calls sbom_write_spdx() once the tree is complete but for
 * the SBOM itself, which it then adds under request.self.
 */
#ifndef KEELSON_SBOM_SBOM_H
#define KEELSON_SBOM_SBOM_H

#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Where a file of an image came from. */
enum sbom_origin {
	SBOM_PROGRAM,  /* built here; name: "criu". Found by its SHA-256 */
	SBOM_PINNED,   /* taken out of a file of the lock; name: its pool path
			  or base name, "ca-certificates_2025.1_all.deb" */
	SBOM_SKELETON, /* a file of this repository; name: its path from the
			  project root, "rootfs/skel/etc/passwd" */
	SBOM_MADE,     /* written by the assembler; name: from what, in words */
};

/*
 * One entry of the image's tree.  Views stay the caller's.  Directories may
 * be given and are counted, but SPDX describes files only: regular ones need
 * both digests, symbolic links need their target.
 */
struct sbom_file {
	struct str path;   /* "usr/bin/criu": no slash in front, none behind */
	uint32_t mode;     /* type and permissions, as st_mode has them */
	uint64_t size;     /* bytes */
	struct str sha256; /* 64 hex digits; empty unless a regular file */
	struct str sha1;   /* 40 hex digits (lib/arc/sha1.h); as above */
	struct str target; /* of a symbolic link */
	enum sbom_origin origin;
	struct str name;    /* of the origin, as said above */
	struct str licence; /* SPDX expression for SKELETON and MADE; empty
			       means the project's own */
};

struct sbom_request {
	const char *image;   /* "checkpoint-agent" */
	const char *version; /* of this project: "0.1.0" */
	const char *arch;    /* "amd64", "arm64": Debian's and OCI's word */
	int64_t created;     /* seconds since 1970: SOURCE_DATE_EPOCH */
	const char *self;    /* where this SBOM will lie in the image, without
				the slash in front; NULL when it will not */
	const struct sbom_file *files; /* in any order */
	size_t n_files;
	/* Places, absolute or from the working directory; NULL means the
	   usual one below root. */
	const char *root;     /* project root; NULL: "." */
	const char *lock;     /* NULL: static-build/sources.lock */
	const char *evidence; /* NULL: build/evidence */
};

struct sbom_summary {
	size_t files;     /* regular files and links of the image */
	size_t programs;  /* of them, built here */
	size_t packages;  /* SPDX packages written, the image included */
	size_t libraries; /* static libraries with a member linked */
	size_t members;   /* archive members linked, over all programs */
	size_t sources;   /* main source files behind them */
	size_t headers;   /* header files that those included */
	size_t patches;   /* Debian patches applied to what was linked */
};

/* At most this much SPDX text: give `out` at least this ceiling. */
#define SBOM_MAX_BYTES ((size_t)32 << 20)

/* Append the SPDX document of an image to out. 0 or -1. */
int sbom_write_spdx(const struct sbom_request *r, struct buf *out,
	struct sbom_summary *summary, struct err *e);

/* `keelson sbom PROGRAM...`: what was linked into a program, for people. */
extern const struct args_option sbom_options[];
int sbom_main(size_t n, const char *const *operands);

/* The line of the command table. */
#define SBOM_COMMAND                                                           \
	{                                                                      \
		.name = "sbom", .operands = "PROGRAM...",                      \
		.summary = "Show what was linked into a program",              \
		.text = "PROGRAM is a file built here; it is recognised by "   \
			"its SHA-256, so a copy will do.",                     \
		.options = sbom_options, .min_operands = 1,                    \
		.max_operands = SIZE_MAX, .run = sbom_main,                    \
	}

#endif

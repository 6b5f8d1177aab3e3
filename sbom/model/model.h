/*
 * model - one image: its files, and all that was traced behind them.
 *
 * The traces of the programs are combined: a package, library, source or patch
 * stands once, whichever programs it reached.  Every element has the id by
 * which SPDX documents refer to it.  model_make() (model_make.h) fills it.
 */
#ifndef KEELSON_SBOM_MODEL_MODEL_H
#define KEELSON_SBOM_MODEL_MODEL_H

#include "lib/arc/sha1.h"
#include "lib/arc/sha512.h"
#include "sbom/evidence/upstreams.h"
#include "sbom/model/file_licence.h"
#include "sbom/model/request.h"
#include "sbom/trace/trace.h"

/* A pinned package that something in the image came from. */
struct model_package {
	const struct lock_line *line;    /* source, sysroot or rootfs */
	const struct lock_line *patches; /* NULL: none applied */
	size_t objects, headers;         /* that reached programs */
	size_t files;                    /* taken into the image */
	struct str licence; /* of what of it is in the image; empty: nothing */
	struct str id, patches_id;
};

/* A patch that was applied before the package was built. */
struct model_patch {
	const struct model_package *package; /* that it changes */
	bool is_ours;                        /* else Debian's */
	struct str name; /* in Debian's series; ours: path in the project */
	struct evidence_made file;
	char sha1[SHA1_HEX + 1];
	/* What it fixes, by its name and the text before its first file. */
	struct str *cves; /* "CVE-2024-1", each once, in this order */
	size_t n_cves;
	size_t sources, headers; /* that it touches, of those compiled */
	struct str id;
};

/* The main source of a linked object, or what one was generated from. */
struct model_source {
	const struct trace_file *file;
	struct str generator; /* base name of the tool that made it */
	/* The files that it was generated from, through others perhaps. */
	const struct trace_file **from;
	size_t n_from, from_room;
	struct str name; /* PACKAGE-VERSION/PATH */
	char sha1[SHA1_HEX + 1];
	struct str licence;
	struct str id;
};

struct model_library {
	struct evidence_made file;
	struct str name; /* "libc.a" */
	struct origin origin;
	size_t members;
	struct str licence; /* of what was linked of it */
	struct str id;
};

/* A package of the host whose code was linked. */
struct model_host {
	const struct evidence_file *record;
	struct str id;
};

struct model_program {
	struct trace trace;
	char sha512[SHA512_HEX + 1];
	char git[SHA1_HEX + 1]; /* sha1_git_hex() */
	struct str licence;
	bool has_unknown_licence;
};

/* A file or symbolic link of the image. */
struct model_file {
	const struct sbom_file *file;
	const struct model_program *program; /* PROGRAM; else NULL */
	const struct model_package *package; /* PINNED; else NULL */
	struct str licence;
	struct str id;
};

struct model {
	struct arena *arena;
	const struct sbom_request *request;
	struct lock lock;
	struct evidence evidence;
	struct upstreams upstreams;
	struct model_file *files; /* by path */
	size_t n_files;
	size_t n_untraced; /* of them programs without evidence */
	struct model_program *programs;
	size_t n_programs;
	struct model_package *packages; /* by name */
	size_t n_packages;
	struct model_patch *patches; /* by package and name */
	size_t n_patches, patches_room;
	struct model_source *sources; /* by name */
	size_t n_sources, sources_room;
	struct model_library *libraries;
	size_t n_libraries, libraries_room;
	struct model_host *hosts;
	size_t n_hosts, hosts_room;
	struct str licence; /* of the whole image */
	struct table ids;
	struct licence_book licences; /* of files that were compiled */
	struct table by_source;       /* sha256 of a source -> sources */
};

/* The element behind a part of a trace; NULL when there is none. */
const struct model_package *model_package(
	const struct model *m, const struct lock_line *line);
const struct model_library *model_library(
	const struct model *m, const struct trace_library *lib);
const struct model_source *model_source(
	const struct model *m, const struct trace_file *file);
const struct model_host *model_host(const struct model *m, struct str package);

/* ---- for the files that fill the model ---- */

enum {
	MODEL_PATH_BYTES = 4096,
	MODEL_ID_BYTES = 1024,
};

/* Report that memory is out. Always -1. */
int model_no_memory(struct err *e);

/*
 * A new id "SPDXRef-PREFIX-TEXT": characters other than letters, digits and
 * '.' become '-' (SPDX 2.3 7.2); a digest is appended where two texts would
 * get one id. 0 or -1 (ERR_LIMIT).
 */
int model_id(struct model *m, const char *prefix, struct str text,
	struct str *out, struct err *e);

/*
 * Append a file of the project, which is read again.  Its SHA-256 must be the
 * recorded one; where none was recorded it is filled in. 0 or -1.
 */
int model_read(const struct model *m, struct evidence_made *f, struct buf *out,
	struct err *e);

/* The SHA-1 of such a file; empty for one that the build of others left
   behind nowhere. 0 or -1. */
int model_digest(const struct model *m, struct evidence_made *f,
	char sha1[SHA1_HEX + 1], struct err *e);

#endif

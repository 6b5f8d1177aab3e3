/*
 * model - one image: its files, and all that was traced behind them.
 *
 * The traces of the programs are put together: a package, library, source or
 * patch stands once, whichever programs it reached.  Every element has the
 * name by which documents refer to it.
 */
#ifndef KEELSON_SBOM_MODEL_H
#define KEELSON_SBOM_MODEL_H

#include "lib/arc/sha1.h"
#include "sbom/licence.h"
#include "sbom/sbom.h"
#include "sbom/trace.h"

/* A pinned package, from which something reached the image. */
struct model_package {
	const struct lock_line *line;    /* source, sysroot or rootfs */
	const struct lock_line *patches; /* NULL: none applied */
	size_t objects, headers;         /* that reached programs */
	size_t files;                    /* taken into the image as they are */
	struct str id, patches_id;
};

/* A patch that was applied before the package was built. */
struct model_patch {
	const struct model_package *package; /* that it changes */
	bool is_ours;                        /* else Debian's */
	struct str name; /* in Debian's series; ours: path in the project */
	struct evidence_made file;
	char sha1[SHA1_HEX + 1];
	size_t sources, headers; /* that it touches, of what was compiled */
	struct str id;
};

/* The main source of a linked object. */
struct model_source {
	const struct trace_file *file;
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
	struct str licence;
	struct str id;
};

/* A package of the machine: a tool, or code of its that was linked. */
struct model_host {
	const struct evidence_file *record;
	bool is_tool, is_linked;
	struct str id;
};

struct model_program {
	const struct sbom_file *file;
	struct trace trace;
	struct str licence;
	bool has_unknown_licence;
};

struct model_file {
	const struct sbom_file *file;
	const struct model_program *program; /* NULL */
	const struct model_package *package; /* PINNED; NULL */
	struct str licence;
	struct str id;
};

struct model {
	struct arena *arena;
	const struct sbom_request *request;
	struct lock lock;
	struct evidence evidence;
	struct model_file *files; /* by path */
	size_t n_files;
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
	struct table by_source; /* sha256 of a source -> sources */
	struct table seen;      /* paths of headers counted */
};

int model_make(const struct sbom_request *r, struct arena *a, struct model *out,
	struct err *e);
void model_close(struct model *m);

/* Looking up what stands behind a trace. */
const struct model_package *model_package(
	const struct model *m, const struct lock_line *line);
const struct model_library *model_library(
	const struct model *m, const struct trace_library *lib);
const struct model_source *model_source(
	const struct model *m, const struct trace_file *file);
const struct model_host *model_host(const struct model *m, struct str package);

/* The licence of a file behind a program. */
struct str model_licence(const struct origin *o, struct str path);

#endif

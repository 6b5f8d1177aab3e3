/*
 * trace - follow a program back to everything that it was made from.
 *
 *	program <- strip <- link <- objects, archive members
 *	                            <- ld -r, objcopy (followed further)
 *	                            <- assembly <- source and headers
 *	                                           <- generated from ...
 *
 * Each step is a recorded event, joined by digest.  What no event, manifest
 * or package accounts for is an orphan and ends the trace with an error.
 */
#ifndef KEELSON_SBOM_TRACE_H
#define KEELSON_SBOM_TRACE_H

#include "sbom/link.h"
#include "sbom/origin.h"

/* A file that something was made from, once per path and digest. */
struct trace_file {
	struct evidence_made file;
	struct origin origin;
	bool is_source; /* main source of an object */
	bool is_header; /* read by a compiler besides */
	bool is_input;  /* read by a generator or the linker */
};

struct trace_library {
	struct evidence_made file;
	struct origin origin; /* HOST, or the recipe's package, or OURS */
	size_t members;       /* that it has */
	size_t taken;         /* that were linked, each counted once */
	uint64_t bytes;       /* that reached memory */
	uint64_t merged;      /* taken off them: see trace_object */
};

struct trace_object {
	struct str name;               /* of the member, or the path */
	struct str sha256;             /* of its bytes */
	struct trace_library *library; /* NULL when it was linked alone */
	struct trace_file *source;     /* main source; the archive or object
					  itself when that is the host's */
	uint64_t bytes; /* that reached memory, 0 when is_embedded */
	/* Of an `ld -r`, what the next link merged or dropped of all that it
	   took; it stands at the first object taken. */
	uint64_t merged;
	bool is_embedded; /* came in as data, through a generated file */
};

struct trace {
	const struct evidence *evidence;
	const struct lock *lock;
	const char *root;
	struct arena *arena;
	struct trace_file **files;
	size_t n_files, files_room;
	struct trace_library **libraries;
	size_t n_libraries, libraries_room;
	struct trace_object **objects;
	size_t n_objects, objects_room;
	uint64_t linker_bytes; /* tables that the linker made up */
	/* One record for each of the host's packages that took part. */
	const struct evidence_file **tools;
	size_t n_tools, tools_room;
	struct table by_path; /* path -> index in files before sorting */
};

/*
 * Trace a program by its digest.  The lists come out sorted: files and
 * libraries by path, objects by library and name, tools by package.
 * @name  of the program, for messages
 */
int trace_program(const struct evidence *ev, const struct lock *lock,
	const char *root, struct str sha256, const char *name, struct arena *a,
	struct trace *out, struct err *e);

#endif

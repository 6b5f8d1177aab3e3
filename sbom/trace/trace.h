/*
 * trace - what a program was made from, found by trace_program().
 */
#ifndef KEELSON_SBOM_TRACE_TRACE_H
#define KEELSON_SBOM_TRACE_TRACE_H

#include "sbom/evidence/origin.h"
#include "sbom/link/object_sections.h"

/* A file that something was made from, once per path and digest. */
struct trace_file {
	struct evidence_made file;
	struct origin origin;
	bool is_source; /* main source of an object */
	bool is_header; /* read by a compiler besides */
};

struct trace_library {
	struct evidence_made file;
	struct origin origin; /* HOST, or the recipe's package, or OURS */
	size_t members;       /* that it has */
	size_t taken;         /* that were linked, each counted once */
	uint64_t bytes;       /* of its members alone, see trace_object */
};

struct trace_object {
	struct str name;               /* of the member, or the path */
	struct str sha256;             /* of its bytes */
	struct trace_library *library; /* NULL when it was linked alone */
	struct trace_file *source;     /* main source; the archive or object
					  itself when that is the host's */
	uint64_t bytes;   /* in memory that are its alone; 0 when is_embedded */
	bool is_embedded; /* came in as data, through a generated file */
	uint32_t order;   /* index among the trace's objects */
	/* Files besides the source that its compiler read, each once. */
	const struct trace_file **headers;
	size_t n_headers, headers_room;
	/* What the linker was given; NULL: not linked by a link of its own. */
	const struct object_sections *sections;
};

/* A shared library that the program needs to start. */
struct trace_needed {
	struct str name;               /* "libz.so.1" */
	const struct trace_file *file; /* that was linked; NULL: not known */
};

enum trace_row_kind {
	TRACE_SECTION,   /* of one object */
	TRACE_SHARED,    /* equal in several objects, there once */
	TRACE_AMBIGUOUS, /* of one of several: nothing tells which */
	TRACE_PADDING,   /* before what needs its alignment */
	TRACE_MADE,      /* by the linker: a table, a note */
};

/* Bytes of the program with the same owners. */
struct trace_row {
	uint64_t address, size;
	enum trace_row_kind kind;
	struct str name; /* of the object's section, or of the linker's table */
	/* One of a SECTION, several of what is SHARED or AMBIGUOUS, in the
	   order of trace objects; else none. */
	const struct trace_object *const *owners;
	size_t n_owners;
};

/* A section of the program that is loaded; its rows are contiguous from its
   start to its end. */
struct trace_section {
	struct str name;
	uint64_t address, size;
	size_t row, n_rows; /* the first of the trace's rows, and how many */
};

struct trace_sums {
	uint64_t shared, ambiguous, padding, made; /* bytes */
};

/* What programs are traced with; all must live as long as the trace. */
struct trace_basis {
	const struct evidence *evidence;
	const struct lock *lock;
	struct arena *arena;
};

struct trace {
	struct trace_basis basis;
	struct evidence_made unstripped; /* what strip read; no path: itself */
	struct trace_file **files;
	size_t n_files, files_room;
	struct trace_library **libraries;
	size_t n_libraries, libraries_room;
	struct trace_object **objects;
	size_t n_objects, objects_room;
	struct trace_section *sections; /* in the program's order */
	size_t n_sections;
	struct trace_row *rows;
	size_t n_rows, rows_room;
	struct trace_sums sums;
	struct trace_needed *needed; /* in the program's order */
	size_t n_needed, needed_room;
	/* One record for each of the host's packages that took part. */
	const struct evidence_file **tools;
	size_t n_tools, tools_room;
	struct table by_path; /* path -> index in files before sorting */
};

#endif

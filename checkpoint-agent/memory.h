/*
 * memory - where the pages of an archive belong.
 *
 * A pages-N.img is nothing but pages; a pagemap says at which addresses they
 * were, in the address space of a process or in a piece of shared memory.
 */
#ifndef CHECKPOINT_AGENT_MEMORY_H
#define CHECKPOINT_AGENT_MEMORY_H

#include "checkpoint-agent/content.h"

/* CRIU's PAGE_SIZE on the processors that we are built for. */
#define MEMORY_PAGE_BYTES 4096

/* Pages that follow each other, in the address space and in the image. */
struct memory_run {
	uint64_t address;
	uint64_t pages;
	uint64_t index;  /* of the first, in the image */
	uint64_t before; /* pages of the runs before this one */
};

/*
 * One image of pages.  Of a pre-dump's only those are in runs that the dump
 * behind it has inherited, not what was written or given back since.
 */
struct memory_map {
	uint32_t pages_id;       /* pages-N.img */
	bool is_predump;         /* below checkpoint/parent/ */
	uint32_t pid;            /* whose address space; shared: who has it */
	bool is_shared;          /* addresses are those where pid has it */
	uint64_t pages;          /* all in the image */
	uint64_t run_pages;      /* all runs together */
	struct memory_run *runs; /* in the arena of the content */
	size_t run_count;
};

struct memory {
	struct memory_map *maps; /* in the arena of the content */
	size_t map_count;
};

/*
 * All maps of an archive.  Errors: ERR_INPUT a pagemap that is none, two for
 * one image; ERR_LIMIT too many.
 */
int memory_read(struct content *c, struct memory *m, struct err *e);

/* The map for the member that holds its pages; NULL when there is none. */
const struct memory_map *memory_find(const struct memory *m, struct str path);

/* How many bytes of a process's own memory are in the archive. */
uint64_t memory_dumped(const struct content *c, uint32_t pid);

/*
 * The areas of a process in the order of their addresses, in the content's
 * arena; NULL when memory is out.
 */
const struct image_area *memory_areas(
	struct content *c, uint32_t pid, size_t *n);

/* The area of the process that an address lies in. False: in none. */
bool memory_area(const struct content *c, uint32_t pid, uint64_t address,
	struct image_area *a);

/* "heap", "stack", "/lib/libc.so", "anonymous", ...; and "rw-" */
void memory_put_area(
	struct buf *b, const struct content *c, const struct image_area *a);
void memory_put_rights(struct buf *b, const struct image_area *a);

#endif

/*
 * img_memory - address spaces in CRIU's images: areas, page maps and shared
 * memory.
 *
 * Each function takes one message as img_next() gives it.  Pure.
 */
#ifndef CHECKPOINT_AGENT_CRIU_IMG_MEMORY_H
#define CHECKPOINT_AGENT_CRIU_IMG_MEMORY_H

#include "lib/base/str.h"

#include <stdint.h>

/* The first message of a page map: the number N of its pages-N.img. */
uint32_t img_pages_id(struct str message);

/*
 * Any later message of a page map: a run of pages.  Runs that are present
 * follow each other in pages-N.img without gaps; inherited ones are in the
 * pre-dump.
 */
struct img_pages {
	uint64_t address;
	uint64_t pages; /* how many */
	bool is_present;
	bool is_inherited;
};
struct img_pages img_pages(struct str message);

/* Bits of img_area.status (CRIU: criu/include/image.h, VMA_AREA_*). */
enum {
	IMG_AREA_STACK = 1 << 1,
	IMG_AREA_VDSO = 1 << 3,
	IMG_AREA_HEAP = 1 << 5,
	IMG_AREA_FILE_PRIVATE = 1 << 6,
	IMG_AREA_FILE_SHARED = 1 << 7,
	IMG_AREA_ANON_SHARED = 1 << 8,
	IMG_AREA_VVAR = 1 << 12,
	IMG_AREA_MEMFD = 1 << 14,
};

/* A memory area (vma.proto, vma_entry). */
struct img_area {
	uint64_t start, end; /* addresses */
	uint64_t offset;     /* in the file or shared memory, bytes */
	uint64_t id;         /* of the file or shared memory */
	uint32_t prot;       /* PROT_*, mmap(2) */
	uint32_t flags;      /* MAP_*, mmap(2) */
	uint32_t status;     /* IMG_AREA_* */
};

/*
 * Cut the next area off the message of mm-PID.img.
 * 1: *a holds it; 0: there are no more; -1: the message is malformed.
 */
int img_next_area(struct str *mm, struct img_area *a);

/* A message of memfd.img: which pagemap-shmem-N.img belongs to an inode. */
struct img_memfd {
	uint32_t inode;
	uint32_t shmid; /* N */
};
struct img_memfd img_memfd(struct str message);

#endif

/*
 * Inspect, verify and compare an arbitrary archive.  Input that begins with
 * 'T' describes members: a byte for the name, two for the length, then the
 * content (mutated tar files would fail on their checksums).  'P' wraps such
 * an archive in a pod's, with the input as its pod.dump.
 */
#include "checkpoint-agent/archive/manifest.h"
#include "checkpoint-agent/archive/tarball.h"
#include "checkpoint-agent/inspect/diff_gather.h"
#include "checkpoint-agent/inspect/images_index.h"
#include "checkpoint-agent/inspect/inspect.h"
#include "checkpoint-agent/inspect/page_diff.h"
#include "checkpoint-agent/inspect/pages.h"
#include "checkpoint-agent/store/sha256_beside.h"
#include "lib/base/fd.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct input source;

static void add_count(
	void *self, uint64_t address, const struct page_diff_count *one)
{
	(void)address;
	page_diff_add(self, one);
}

/* Compare an archive with itself: no page may differ. */
static void compare(struct diff_gather *g)
{
	for (size_t i = 0; i < g->memory.map_count && i < 4; i++) {
		struct page_diff_count count = {0};
		struct page_diff_side side;

		if (page_diff_collect(&g->hashes, g->memory.maps[i].pid, &side,
			    NULL) == 0)
			page_diff_walk(&side, &side, add_count, &count);
		if (count.changed || count.added || count.removed)
			abort();
		page_diff_side_free(&side);
	}
}

static void look_into(int fd)
{
	AUTO_BUF struct buf out = buf_growing(1 << 20);
	struct json_out o = json_out(&out, 0);
	struct images c = {0};
	uint64_t verified;

	lseek(fd, 0, SEEK_SET);
	if (input_open_fd(&source, fd, NULL, NULL) == 0 &&
		images_read(&c, &source, NULL) == 0)
		inspect_put(&o, &c);
	images_free(&c);
	input_close(&source);
	lseek(fd, 0, SEEK_SET);
	if (input_open_fd(&source, fd, NULL, NULL) == 0)
		manifest_verify(&source, &verified, NULL);
	input_close(&source);
}

static const struct {
	const char *name;
	uint32_t magic; /* of a CRIU image, 0: not one */
} members[] = {{"spec.dump", 0}, {"config.dump", 0}, {"deleted.files", 0},
	{"stats-dump", 0}, {"rootfs-diff.tar", 0}, {"manifest.sha256", 0},
	{"checkpoint/pages-1.img", 0}, {"checkpoint/pages-2.img", 0},
	{"checkpoint/pstree.img", 0x50273030},
	{"checkpoint/files.img", 0x56303138},
	{"checkpoint/core-1.img", 0x55053847},
	{"checkpoint/ids-1.img", 0x54432030},
	{"checkpoint/fdinfo-2.img", 0x56213732},
	{"checkpoint/fs-1.img", 0x51403912},
	{"checkpoint/mm-1.img", 0x57492820},
	{"checkpoint/memfd.img", 0x48453499},
	{"checkpoint/pagemap-1.img", 0x56084025},
	{"checkpoint/pagemap-shmem-5.img", 0x56084025},
	{"checkpoint/parent/stats-dump", 0},
	{"checkpoint/parent/pages-1.img", 0},
	{"checkpoint/parent/pagemap-1.img", 0x56084025},
	{"checkpoint/parent/pagemap-shmem-5.img", 0x56084025},
	{"deleted.paths", 0}};

static void add_member(struct tarball *a, size_t i, struct str content)
{
	const uint32_t magic[2] = {0x54564319, members[i].magic};

	if (tarball_open(a, members[i].name, NULL) < 0)
		return;
	if (members[i].magic)
		tarball_put(a, magic, sizeof(magic), NULL);
	tarball_put(a, content.p, content.n, NULL);
	tarball_close(a, NULL);
}

static void build(int fd, struct str rest)
{
	const size_t count = sizeof(members) / sizeof(*members);
	struct flow_file file;
	struct tarball a;

	flow_file_start(&file, fd);
	tarball_start(&a, &file.flow, 0);
	while (rest.n > 3) {
		const unsigned char *u = (const unsigned char *)rest.p;
		size_t n = (size_t)u[1] << 8 | u[2];

		add_member(&a, u[0] % count, str_sub(rest, 3, n));
		rest = str_sub(rest, n + 3, rest.n);
	}
	tarball_end(&a, NULL);
	flow_file_stop(&file);
}

static void build_pod(int fd, struct str rest)
{
	AUTO_FD int inner = memfd_create("inner", 0);
	AUTO_BUF struct buf part = buf_growing(1 << 20);
	struct flow_file file;
	struct tarball a;

	build(inner, rest);
	lseek(inner, 0, SEEK_SET);
	fd_read_all(inner, &part, NULL);
	flow_file_start(&file, fd);
	tarball_start(&a, &file.flow, 0);
	tarball_add(&a, "pod.options", STR("{}"), NULL);
	tarball_add(&a, "pod.dump", rest, NULL);
	tarball_add(&a, "first.tar", buf_view(&part), NULL);
	tarball_end(&a, NULL);
	flow_file_stop(&file);
}

static void fill(int fd, struct str text)
{
	if (text.n && text.p[0] == 'P')
		build_pod(fd, str_sub(text, 1, text.n));
	else if (text.n && text.p[0] == 'T')
		build(fd, str_sub(text, 1, text.n));
	else
		fd_write(fd, text.p, text.n, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct str text = {(const char *)bytes, n};
	AUTO_FD int fd = memfd_create("archive", 0);
	char path[32], hex[SHA256_HEX + 1];
	struct pod_archive_place place = {path, "", NULL, 0};
	static struct pod_archive_names names;
	static struct sha256 key;
	struct diff_gather g;

	if (fd < 0)
		return 0;
	fill(fd, text);
	sha256_beside_parse(text, STR("a.tar"), hex, NULL);
	look_into(fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	sha256_start(&key);
	if (pod_archive_names(&names, &place, NULL) == 0)
		place.container = names.name[0];
	if (diff_gather_archive(&g,
		    &(struct diff_gather_order){.place = place, .key = &key},
		    NULL) == 0)
		compare(&g);
	diff_gather_free(&g);
	return 0;
}

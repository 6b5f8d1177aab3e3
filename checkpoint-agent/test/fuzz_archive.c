/*
 * A whole archive as anything at all: looked into, walked, compared.  Input
 * that begins with 'T' is members, each a byte that says which, two of length
 * and its content: tar's checksums would keep most changes out otherwise.
 * 'P' is an archive of a pod with that one in it, and the text as pod.dump.
 */
#include "checkpoint-agent/archive.h"
#include "checkpoint-agent/gather.h"
#include "checkpoint-agent/inspect.h"
#include "checkpoint-agent/manifest.h"
#include "checkpoint-agent/memdiff.h"
#include "checkpoint-agent/memwalk.h"
#include "checkpoint-agent/sidecar.h"
#include "lib/base/fd.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct source source;

static void tell(void *self, uint64_t address, const struct memdiff_count *one)
{
	(void)address;
	memdiff_add(self, one);
}

/* A page may be compared with itself only: all are the same. */
static void compare(struct gather *g)
{
	for (size_t i = 0; i < g->memory.map_count && i < 4; i++) {
		struct memdiff_count count = {0};
		struct memdiff_side side;

		if (memdiff_collect(&g->hashes, g->memory.maps[i].pid, &side,
			    NULL) == 0)
			memdiff_walk(&side, &side, tell, &count);
		if (count.changed || count.added || count.removed)
			abort();
		memdiff_side_free(&side);
	}
}

static void look_into(int fd)
{
	AUTO_BUF struct buf out = buf_growing(1 << 20);
	struct json_out o = json_out(&out, 0);
	struct content c = {0};
	uint64_t verified;

	lseek(fd, 0, SEEK_SET);
	if (source_open_fd(&source, fd, NULL, NULL) == 0 &&
		content_read(&c, &source, NULL) == 0)
		inspect_put(&o, &c);
	content_free(&c);
	source_close(&source);
	lseek(fd, 0, SEEK_SET);
	if (source_open_fd(&source, fd, NULL, NULL) == 0)
		manifest_verify(&source, &verified, NULL);
	source_close(&source);
}

static const struct {
	const char *name;
	uint32_t magic; /* of CRIU's, 0: none */
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
	{"checkpoint/parent/pagemap-shmem-5.img", 0x56084025}};

static void add_member(struct archive *a, size_t i, struct str content)
{
	const uint32_t magic[2] = {0x54564319, members[i].magic};

	if (archive_open(a, members[i].name, NULL) < 0)
		return;
	if (members[i].magic)
		archive_put(a, magic, sizeof(magic), NULL);
	archive_put(a, content.p, content.n, NULL);
	archive_close(a, NULL);
}

static void build(int fd, struct str rest)
{
	const size_t count = sizeof(members) / sizeof(*members);
	struct flow_file file;
	struct archive a;

	flow_file_start(&file, fd);
	archive_start(&a, &file.flow, 0);
	while (rest.n > 3) {
		const unsigned char *u = (const unsigned char *)rest.p;
		size_t n = (size_t)u[1] << 8 | u[2];

		add_member(&a, u[0] % count, str_sub(rest, 3, n));
		rest = str_sub(rest, n + 3, rest.n);
	}
	archive_end(&a, NULL);
	flow_file_stop(&file);
}

static void build_pod(int fd, struct str rest)
{
	AUTO_FD int inner = memfd_create("inner", 0);
	AUTO_BUF struct buf part = buf_growing(1 << 20);
	struct flow_file file;
	struct archive a;

	build(inner, rest);
	lseek(inner, 0, SEEK_SET);
	fd_read_all(inner, &part, NULL);
	flow_file_start(&file, fd);
	archive_start(&a, &file.flow, 0);
	archive_add(&a, "pod.options", STR("{}"), NULL);
	archive_add(&a, "pod.dump", rest, NULL);
	archive_add(&a, "first.tar", buf_view(&part), NULL);
	archive_end(&a, NULL);
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
	struct unwrap_place place = {path, "", NULL};
	static struct unwrap_names names;
	static struct sha256 key;
	struct gather g;

	if (fd < 0)
		return 0;
	fill(fd, text);
	sidecar_parse(text, STR("a.tar"), hex, NULL);
	look_into(fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	sha256_start(&key);
	if (unwrap_names(&names, &place, NULL) == 0)
		place.container = names.name[0];
	if (gather_archive(&g, &place, &key, false, NULL) == 0)
		compare(&g);
	gather_free(&g);
	return 0;
}

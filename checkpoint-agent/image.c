/*
 * image - see image.h.
 */
#include "checkpoint-agent/image.h"

#include "checkpoint-agent/pb.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define COMMON_MAGIC 0x54564319u
#define HEAD_BYTES   8

/* The only image without the common magic number (criu/image.c). */
#define INVENTORY_MAGIC 0x58313116u

static const struct {
	const char *name; /* before ".img"; a number follows a '-' */
	uint32_t magic;
} kinds[IMAGE_KINDS] = {
	[IMAGE_PSTREE] = {"pstree", 0x50273030},
	[IMAGE_FILES] = {"files", 0x56303138},
	[IMAGE_CORE] = {"core-", 0x55053847},
	[IMAGE_IDS] = {"ids-", 0x54432030},
	[IMAGE_FDINFO] = {"fdinfo-", 0x56213732},
	[IMAGE_FS] = {"fs-", 0x51403912},
	[IMAGE_MM] = {"mm-", 0x57492820},
	[IMAGE_MEMFD] = {"memfd", 0x48453499},
	[IMAGE_PAGEMAP_SHMEM] = {"pagemap-shmem-", 0x56084025},
	[IMAGE_PAGEMAP] = {"pagemap-", 0x56084025},
};

bool image_of_name(struct str name, enum image_kind *kind, uint32_t *number)
{
	const struct str tail = STR(".img");
	uint64_t n = 0;

	if (!str_has_suffix(name, tail))
		return false;
	name.n -= tail.n;
	for (int i = 0; i < IMAGE_KINDS; i++) {
		struct str head = str_of(kinds[i].name);
		struct str rest = str_sub(name, head.n, name.n);
		bool has_number = head.p[head.n - 1] == '-';

		if (!str_has_prefix(name, head) || (!has_number && rest.n))
			continue;
		if (has_number && str_u64(rest, 0, UINT32_MAX, &n) < 0)
			continue;
		*kind = (enum image_kind)i;
		*number = (uint32_t)n;
		return true;
	}
	return false;
}

static bool take32(struct str *s, uint32_t *v)
{
	const unsigned char *u = (const unsigned char *)s->p;

	if (s->n < 4)
		return false;
	*v = (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 |
	     (uint32_t)u[3] << 24;
	*s = str_sub(*s, 4, s->n);
	return true;
}

int image_open(struct str *bytes, enum image_kind kind, struct err *e)
{
	uint32_t common, own;

	if (!take32(bytes, &common) || !take32(bytes, &own) ||
		common != COMMON_MAGIC || own != kinds[kind].magic)
		return err_kind(
			e, ERR_INPUT, "%s: not CRIU's image", kinds[kind].name);
	return 0;
}

int image_next(struct str *bytes, struct str *message, struct err *e)
{
	uint32_t n;

	if (bytes->n == 0)
		return 0;
	if (!take32(bytes, &n) || n > bytes->n)
		return err_kind(e, ERR_INPUT, "image is cut");
	*message = str_sub(*bytes, 0, n);
	*bytes = str_sub(*bytes, n, bytes->n);
	return 1;
}

static uint64_t whole64(struct str message, uint32_t number)
{
	struct pb_field f;

	return pb_find(message, number, &f) ? f.whole : 0;
}

static uint32_t whole(struct str message, uint32_t number)
{
	return (uint32_t)whole64(message, number);
}

bool image_closes_tcp(struct str inventory)
{
	struct str message;
	uint32_t magic;

	return take32(&inventory, &magic) && magic == INVENTORY_MAGIC &&
	       image_next(&inventory, &message, NULL) == 1 &&
	       whole(message, 10) != 0;
}

static struct str bytes_of(struct str message, uint32_t number)
{
	struct pb_field f;

	return pb_find(message, number, &f) ? f.bytes : (struct str){0};
}

struct image_process image_process(struct str message)
{
	struct image_process p = {whole(message, 1), whole(message, 2), 0};
	struct pb_field f;

	while (pb_next(&message, &f, NULL) == 1)
		if (f.number == 5)
			p.threads += f.type == PB_VARINT;
	return p;
}

struct str image_command(struct str message)
{
	return bytes_of(bytes_of(message, 3), 6);
}

uint32_t image_files_id(struct str message)
{
	return whole(message, 2);
}

uint32_t image_fs_root(struct str message)
{
	return whole(message, 2);
}

struct image_fd image_fd(struct str message)
{
	return (struct image_fd){whole(message, 1), whole(message, 4)};
}

/* ---- files -------------------------------------------------------------- */

/* Up to four words of an address, as they came. */
static size_t words(struct str message, uint32_t number, uint32_t out[4])
{
	struct pb_field f;
	size_t n = 0;

	while (pb_next(&message, &f, NULL) == 1)
		if (f.number == number && f.type == PB_VARINT && n < 4)
			out[n++] = (uint32_t)f.whole;
	return n;
}

static void put_address(
	struct buf *b, struct str socket, uint32_t address, uint32_t port)
{
	char text[INET6_ADDRSTRLEN] = "?";
	uint32_t word[4] = {0};
	size_t n = words(socket, address, word);

	inet_ntop(n == 4 ? AF_INET6 : AF_INET, word, text, sizeof(text));
	buf_fmt(b, n == 4 ? " [%s]:%u" : " %s:%u", text, port);
}

static void put_inet(struct buf *b, struct str s)
{
	enum { TCP_LISTENING = 10, TCP_IS_ESTABLISHED = 1 };
	uint32_t proto = whole(s, 5), state = whole(s, 6);

	buf_text(b, proto == IPPROTO_TCP   ? "tcp"
		    : proto == IPPROTO_UDP ? "udp"
					   : "inet");
	if (proto == IPPROTO_TCP && state == TCP_LISTENING)
		buf_text(b, " listening");
	put_address(b, s, 11, whole(s, 7));
	if (state == TCP_IS_ESTABLISHED && whole(s, 8))
		put_address(b, s, 12, whole(s, 8));
}

static void put_unix(struct buf *b, struct str s)
{
	struct str name = bytes_of(s, 11);

	buf_text(b, "unix");
	if (name.n == 0)
		return;
	buf_byte(b, ' ');
	if (name.p[0] == '\0') {
		buf_byte(b, '@');
		name = str_sub(name, 1, name.n);
	}
	while (name.n && name.p[name.n - 1] == '\0')
		name.n--;
	buf_str(b, name);
}

/* fd_types of fdinfo.proto, for those that have no more to say. */
static const char *const types[] = {"unknown", "file", "pipe", "fifo",
	"inet socket", "unix socket", "eventfd", "epoll", "inotify", "signalfd",
	"packet socket", "terminal", "fanotify", "netlink socket", "namespace",
	"tun", "external", "timerfd", "memfd", "bpf map", "pidfd"};

uint32_t image_file_id(struct str message)
{
	return whole(message, 2);
}

/* Fields of a file_entry (fdinfo.proto). */
enum { REG = 3, INET = 4, UNIX = 16, MEMFD = 20 };

uint32_t image_file_mode(struct str message)
{
	return whole(bytes_of(message, REG), 10);
}

void image_put_file(struct buf *b, struct str message)
{
	uint32_t type = whole(message, 1);
	struct str inner;

	if ((inner = bytes_of(message, REG)).n)
		buf_str(b, bytes_of(inner, 6));
	else if ((inner = bytes_of(message, INET)).n)
		put_inet(b, inner);
	else if ((inner = bytes_of(message, UNIX)).n)
		put_unix(b, inner);
	else
		buf_text(b, type < sizeof(types) / sizeof(*types) ? types[type]
								  : "unknown");
}

/* ---- memory ------------------------------------------------------------- */

uint32_t image_pages_id(struct str message)
{
	return whole(message, 1);
}

/* CRIU 4 has flags and nr_pages; before, in_parent and compat_nr_pages. */
struct image_pages image_pages(struct str message)
{
	enum { PE_PARENT = 1 << 0, PE_PRESENT = 1 << 2 };
	struct image_pages p = {
		.address = whole64(message, 1), .pages = whole64(message, 5)};
	struct pb_field flags;

	if (p.pages == 0)
		p.pages = whole(message, 2);
	if (pb_find(message, 4, &flags)) {
		p.is_present = flags.whole & PE_PRESENT;
		p.is_inherited = flags.whole & PE_PARENT;
	} else {
		p.is_inherited = whole(message, 3) != 0;
		p.is_present = !p.is_inherited;
	}
	return p;
}

int image_next_area(struct str *mm, struct image_area *a)
{
	enum { VMAS = 14 };
	struct pb_field f;
	int more;

	while ((more = pb_next(mm, &f, NULL)) == 1) {
		if (f.number != VMAS || f.type != PB_BYTES)
			continue;
		*a = (struct image_area){.start = whole64(f.bytes, 1),
			.end = whole64(f.bytes, 2),
			.offset = whole64(f.bytes, 3),
			.id = whole64(f.bytes, 4),
			.prot = whole(f.bytes, 5),
			.flags = whole(f.bytes, 6),
			.status = whole(f.bytes, 7)};
		return 1;
	}
	return more;
}

bool image_file_memfd(struct str message, uint32_t *inode)
{
	struct str inner = bytes_of(message, MEMFD);

	*inode = whole(inner, 5);
	return inner.n > 0;
}

struct image_memfd image_memfd(struct str message)
{
	return (struct image_memfd){whole(message, 7), whole(message, 5)};
}

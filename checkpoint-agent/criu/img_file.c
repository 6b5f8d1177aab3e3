/*
 * img_file - one message of files.img as a text.
 *
 * An entry (fdinfo.proto, file_entry) has a type, an id and one inner message
 * of that type.  Paths, addresses and names are taken from the types that
 * people ask about; for all others the name of the type must do.
 */
#include "checkpoint-agent/criu/img_file.h"

#include "checkpoint-agent/criu/img.h"
#include "lib/base/pb.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Field numbers: fdinfo.proto, regfile.proto, sk-inet.proto, sk-unix.proto,
   memfd.proto. */
enum {
	FILE_TYPE = 1,
	FILE_ID = 2,
	FILE_REG = 3,
	FILE_INET = 4,
	FILE_UNIX = 16,
	FILE_MEMFD = 20,
	REG_NAME = 6,
	REG_MODE = 10,
	INET_PROTO = 5,
	INET_STATE = 6,
	INET_SRC_PORT = 7,
	INET_DST_PORT = 8,
	INET_SRC_ADDRESS = 11,
	INET_DST_ADDRESS = 12,
	UNIX_NAME = 11,
	MEMFD_INODE = 5,
};

#define ADDRESS_WORDS 4 /* of an IPv6 address; IPv4 has one */

static size_t read_address(
	struct str message, uint32_t number, uint32_t word[ADDRESS_WORDS])
{
	struct pb_field f;
	size_t n = 0;

	while (pb_next(&message, &f, NULL) == 1)
		if (f.number == number && f.type == PB_VARINT &&
			n < ADDRESS_WORDS)
			word[n++] = (uint32_t)f.whole;
	return n;
}

static void put_address(
	struct buf *b, struct str socket, uint32_t address, uint32_t port)
{
	char text[INET6_ADDRSTRLEN] = "?";
	uint32_t word[ADDRESS_WORDS] = {0};
	bool is_v6 = read_address(socket, address, word) == ADDRESS_WORDS;

	inet_ntop(is_v6 ? AF_INET6 : AF_INET, word, text, sizeof(text));
	buf_fmt(b, is_v6 ? " [%s]:%u" : " %s:%u", text, port);
}

static void put_inet(struct buf *b, struct str s)
{
	enum { TCP_IS_ESTABLISHED = 1, TCP_IS_LISTENING = 10 };
	uint32_t proto = img_u32(s, INET_PROTO), state = img_u32(s, INET_STATE);

	buf_text(b, proto == IPPROTO_TCP   ? "tcp"
		    : proto == IPPROTO_UDP ? "udp"
					   : "inet");
	if (proto == IPPROTO_TCP && state == TCP_IS_LISTENING)
		buf_text(b, " listening");
	put_address(b, s, INET_SRC_ADDRESS, img_u32(s, INET_SRC_PORT));
	if (state == TCP_IS_ESTABLISHED && img_u32(s, INET_DST_PORT))
		put_address(b, s, INET_DST_ADDRESS, img_u32(s, INET_DST_PORT));
}

/* unix(7): the name of an abstract socket begins with a NUL. */
static void put_unix(struct buf *b, struct str s)
{
	struct str name = img_bytes(s, UNIX_NAME);

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

/* fd_types of fdinfo.proto. */
static const char *const types[] = {"unknown", "file", "pipe", "fifo",
	"inet socket", "unix socket", "eventfd", "epoll", "inotify", "signalfd",
	"packet socket", "terminal", "fanotify", "netlink socket", "namespace",
	"tun", "external", "timerfd", "memfd", "bpf map", "pidfd"};

static const char *type_name(uint32_t type)
{
	return type < sizeof(types) / sizeof(*types) ? types[type] : "unknown";
}

uint32_t img_file_id(struct str message)
{
	return img_u32(message, FILE_ID);
}

uint32_t img_file_mode(struct str message)
{
	return img_u32(img_bytes(message, FILE_REG), REG_MODE);
}

void img_file_put(struct buf *b, struct str message)
{
	struct str inner;

	if ((inner = img_bytes(message, FILE_REG)).n)
		buf_str(b, img_bytes(inner, REG_NAME));
	else if ((inner = img_bytes(message, FILE_INET)).n)
		put_inet(b, inner);
	else if ((inner = img_bytes(message, FILE_UNIX)).n)
		put_unix(b, inner);
	else
		buf_text(b, type_name(img_u32(message, FILE_TYPE)));
}

bool img_file_memfd(struct str message, uint32_t *inode)
{
	struct str inner = img_bytes(message, FILE_MEMFD);

	*inode = img_u32(inner, MEMFD_INODE);
	return inner.n > 0;
}

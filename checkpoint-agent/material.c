/*
 * material - finds, makes and reads certificates; packs them for the front.
 *
 * A self-signed certificate is made as the kubelet makes one: it names this
 * machine and its addresses, lives for a year, and stays until it expires.
 * Its key is written before it, mode 0600, so that a certificate without its
 * key is never left behind.
 */
#include "checkpoint-agent/material.h"

#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/net/tls.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SELF_SIGNED_DAYS 365
#define SELF_SIGNED_NAME "checkpoint-agent"
#define ADDRESSES_MAX    12
#define HOST_BYTES       254
#define FILE_BYTES_MAX   (LIMITS_MATERIAL_BYTES / 2)

struct addresses {
	char text[ADDRESSES_MAX][INET6_ADDRSTRLEN];
	const char *list[ADDRESSES_MAX + 1];
	size_t n;
};

static void add_address(struct addresses *a, int family, const void *bytes)
{
	if (a->n == ADDRESSES_MAX)
		return;
	if (inet_ntop(family, bytes, a->text[a->n], INET6_ADDRSTRLEN) == NULL)
		return;
	a->list[a->n] = a->text[a->n];
	a->n++;
}

static void add_socket_address(struct addresses *a, const struct sockaddr *s)
{
	const void *p = s; /* of the family's own type */
	const struct sockaddr_in *v4 = p;
	const struct sockaddr_in6 *v6 = p;

	if (s->sa_family == AF_INET)
		add_address(a, AF_INET, &v4->sin_addr);
	else if (s->sa_family == AF_INET6 &&
		 !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
		add_address(a, AF_INET6, &v6->sin6_addr);
}

/* Loopback first, it is asked for most; then what the machine has. */
static void find_addresses(struct addresses *a)
{
	static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
	struct in_addr v4 = {.s_addr = htonl(INADDR_LOOPBACK)};
	struct ifaddrs *all;

	a->n = 0;
	add_address(a, AF_INET, &v4);
	add_address(a, AF_INET6, &loopback);
	if (getifaddrs(&all) == 0) {
		for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
			if (i->ifa_addr != NULL &&
				!(i->ifa_flags & IFF_LOOPBACK))
				add_socket_address(a, i->ifa_addr);
		freeifaddrs(all);
	}
	a->list[a->n] = NULL;
}

static int write_pair(const struct material_files *f, struct str certificate,
	struct str key, struct err *e)
{
	if (file_write(f->key, key, 0600, e) < 0)
		return -1;
	return file_write(f->certificate, certificate, 0644, e);
}

static int make_self_signed(const struct material_files *f, struct err *e)
{
	char host[HOST_BYTES] = "localhost";
	const char *dns[] = {host, "localhost", NULL};
	struct addresses a;
	struct tls_identity who = {.common_name = host,
		.dns = dns,
		.ip = a.list,
		.days = SELF_SIGNED_DAYS};
	AUTO_BUF struct buf certificate = buf_growing(FILE_BYTES_MAX);
	struct buf key = buf_growing(FILE_BYTES_MAX);
	int result;

	gethostname(host, sizeof(host) - 1);
	find_addresses(&a);
	result = tls_mbed_self_signed(&who, &certificate, &key, e);
	if (result == 0)
		result = write_pair(
			f, buf_view(&certificate), buf_view(&key), e);
	buf_wipe(&key);
	if (result == 0)
		log_event(LOG_INFO, "made a self-signed certificate", "file",
			f->certificate, NULL);
	return result;
}

/* Is there a certificate in this file that has not expired? */
static bool is_usable(const char *path)
{
	AUTO_BUF struct buf pem = buf_growing(FILE_BYTES_MAX);
	int64_t until;

	return file_read(path, &pem, NULL) == 0 &&
	       tls_mbed_expiry(buf_view(&pem), &until, NULL) == 0 &&
	       until > time(NULL);
}

static int set_path(char *out, const char *dir, const char *name, struct err *e)
{
	int n = snprintf(out, PATH_MAX, "%s%s", dir, name);

	if (n < 0 || n >= PATH_MAX)
		return err_kind(e, ERR_USAGE, "%s: path is too long", dir);
	return 0;
}

int material_prepare(
	const struct config *c, struct material_files *f, struct err *e)
{
	if (c->cert_file[0] != '\0') {
		if (set_path(f->certificate, c->cert_file, "", e) < 0)
			return -1;
		return set_path(f->key, c->key_file, "", e);
	}
	if (set_path(f->certificate, c->cert_dir, "/" SELF_SIGNED_NAME ".crt",
		    e) < 0 ||
		set_path(f->key, c->cert_dir, "/" SELF_SIGNED_NAME ".key", e) <
			0)
		return -1;
	if (is_usable(f->certificate) && access(f->key, R_OK) == 0)
		return 0;
	if (dir_make(c->cert_dir, 0755, e) < 0 || make_self_signed(f, e) < 0)
		return err_at(e, "no --tls-cert-file is given, and none can be "
				 "made in --cert-dir");
	return 0;
}

/* Append a file; *n: how many bytes it had. */
static int append_file(
	const char *path, struct buf *b, uint32_t *n, struct err *e)
{
	size_t before = b->n;

	if (file_read(path, b, e) < 0)
		return -1;
	*n = (uint32_t)(b->n - before);
	return 0;
}

static int append_server(const struct config *c, const struct material_files *f,
	struct buf *b, struct material_head *head, struct err *e)
{
	uint32_t *n = head->bytes;

	if (append_file(f->certificate, b, &n[MATERIAL_CERTIFICATE], e) < 0 ||
		append_file(f->key, b, &n[MATERIAL_KEY], e) < 0)
		return -1;
	if (c->client_ca_file[0] == '\0')
		return 0;
	return append_file(c->client_ca_file, b, &n[MATERIAL_CLIENT_CA], e);
}

int material_load(const struct config *c, const struct material_files *f,
	struct buf *packet, struct err *e)
{
	struct material_head head = {{0}};

	buf_put(packet, &head, sizeof(head));
	if (append_server(c, f, packet, &head, e) < 0)
		return -1;
	if (config_needs_api(c) && material_load_api(c, packet, &head, e) < 0)
		return -1;
	if (packet->full)
		return err_set(e, "certificates above %d bytes",
			LIMITS_MATERIAL_BYTES);
	memcpy(packet->p, &head, sizeof(head));
	return 0;
}

int material_parse(struct str packet, struct material *m, struct err *e)
{
	struct material_head head;
	size_t at = sizeof(head);

	if (packet.n < sizeof(head))
		return err_kind(e, ERR_INPUT, "material: short packet");
	memcpy(&head, packet.p, sizeof(head));
	for (size_t i = 0; i < MATERIAL_PARTS; i++) {
		m->part[i] = str_sub(packet, at, head.bytes[i]);
		if (m->part[i].n != head.bytes[i])
			return err_kind(e, ERR_INPUT, "material: cut short");
		at += head.bytes[i];
	}
	if (at != packet.n)
		return err_kind(e, ERR_INPUT, "material: lengths differ");
	return 0;
}

/*
 * numbered - derives the names and addresses of Services from their numbers.
 */
#include "kube-proxy-mini/test/numbered.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SERVICE  0x0a600100u /* 10.96.1.0 */
#define FIRST_ENDPOINT 0x0a800200u /* 10.128.2.0 */
#define SPREAD         131u        /* between two Services' endpoints */
#define ENDPOINT_SPACE 4000000u

static struct model_ip ip_of(uint32_t v)
{
	struct model_ip ip = {.family = MODEL_V4};

	v = htonl(v);
	memcpy(ip.b, &v, sizeof(v));
	return ip;
}

struct model_ip numbered_service_ip(uint32_t i)
{
	return ip_of(FIRST_SERVICE + i);
}

struct model_ip numbered_endpoint_ip(uint32_t i, uint32_t k)
{
	return ip_of(FIRST_ENDPOINT + (i * SPREAD + k) % ENDPOINT_SPACE);
}

static void stop(const struct err *e)
{
	fprintf(stderr, "%s\n", e->text);
	exit(1);
}

static void put_slice(struct model *m, const char *name, uint32_t i, uint32_t n,
	uint32_t first, uint32_t shift)
{
	static struct model_endpoint list[NUMBERED_ENDPOINTS_MAX];
	struct model_slice_port port = {STR("http"), MODEL_TCP, 8080};
	struct model_slice s = {
		.family = MODEL_V4,
		.ports = &port,
		.n_ports = 1,
		.endpoints = list,
		.n_endpoints = n,
	};
	char ns[32], service[32];
	struct err e = {0};

	if (n > NUMBERED_ENDPOINTS_MAX)
		s.n_endpoints = n = NUMBERED_ENDPOINTS_MAX;
	snprintf(ns, sizeof(ns), "ns-%u", i % 100);
	snprintf(service, sizeof(service), "svc-%u", i);
	s.ns = str_of(ns);
	s.name = str_of(name);
	s.service = str_of(service);
	for (uint32_t k = 0; k < n; k++)
		list[k] = (struct model_endpoint){
			.ip = numbered_endpoint_ip(
				i, first + k + (k ? 0 : shift)),
			.conditions = MODEL_EP_READY | MODEL_EP_SERVING,
			.node = STR("elsewhere"),
		};
	if (model_put_slice(m, &s, &e) < 0)
		stop(&e);
}

void numbered_slice(struct model *m, uint32_t i, uint32_t n, uint32_t shift)
{
	char name[32];

	snprintf(name, sizeof(name), "svc-%u", i);
	put_slice(m, name, i, n, 0, shift);
}

void numbered_large_slice(
	struct model *m, uint32_t which, uint32_t n, uint32_t shift)
{
	char name[32];

	snprintf(name, sizeof(name), "svc-0-%u", which);
	put_slice(m, name, 0, n, which * NUMBERED_LARGE_SLICE, shift);
}

static void put_service(struct model *m, uint32_t i, uint32_t affinity_s)
{
	struct model_ip ip = numbered_service_ip(i);
	struct model_port port = {STR("http"), MODEL_TCP, 80, 0};
	struct model_service s = {
		.cluster_ips = &ip,
		.n_cluster_ips = 1,
		.ports = &port,
		.n_ports = 1,
		.affinity_s = affinity_s,
	};
	char ns[32], name[32];
	struct err e = {0};

	snprintf(ns, sizeof(ns), "ns-%u", i % 100);
	snprintf(name, sizeof(name), "svc-%u", i);
	s.ns = str_of(ns);
	s.name = str_of(name);
	if (model_put_service(m, &s, &e) < 0)
		stop(&e);
}

void numbered_load(struct model *m, uint32_t services, uint32_t endpoints)
{
	for (uint32_t i = 0; i < services; i++) {
		put_service(m, i, 0);
		numbered_slice(m, i, endpoints, 0);
	}
}

void numbered_large(struct model *m, uint32_t endpoints, uint32_t affinity_s)
{
	uint32_t n;

	put_service(m, 0, affinity_s);
	for (uint32_t at = 0; at < endpoints; at += n) {
		n = endpoints - at;
		if (n > NUMBERED_LARGE_SLICE)
			n = NUMBERED_LARGE_SLICE;
		numbered_large_slice(m, at / NUMBERED_LARGE_SLICE, n, 0);
	}
}

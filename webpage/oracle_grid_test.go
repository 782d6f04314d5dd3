// The grid of the oracle's corpus: every element that loads × every kind of
// address × every policy that changes mixed content.

package webpage_test

import (
	"fmt"
	"regexp"
	"strings"
)

// sample is one page of the corpus. In its text {name.ext} stands for an
// address and ID for the page's own number.
type sample struct {
	name  string
	text  string
	csp   string
	kind  string // content type, text/html if empty
	click string // selector of an element to click
	top   bool   // not in a frame: for what only a top-level page does
}

// templates are the elements of the grid.
var templates = map[string]string{
	"script":            `<script src="{a.js}"></script>`,
	"script async":      `<script async crossorigin integrity="sha256-x" src="{a.js}"></script>`,
	"module":            `<script type=module src="{a.mjs}"></script>`,
	"module import":     `<script type=module>import "{a.mjs}"</script>`,
	"module export":     `<script type=module>export * from "{a.mjs}"</script>`,
	"import()":          `<script>import("{a.mjs}").catch(()=>0)</script>`,
	"stylesheet":        `<link rel=stylesheet href="{a.css}">`,
	"alternate sheet":   `<link rel="alternate stylesheet" title=x href="{a.css}">`,
	"preload image":     `<link rel=preload as=image href="{a.gif}">`,
	"preload set":       `<link rel=preload as=image imagesrcset="{a.gif} 1x">`,
	"preload script":    `<link rel=preload as=script href="{a.js}">`,
	"preload style":     `<link rel=preload as=style href="{a.css}">`,
	"preload font":      `<link rel=preload as=font crossorigin href="{a.woff}">`,
	"preload fetch":     `<link rel=preload as=fetch crossorigin href="{a.json}">`,
	"preload nothing":   `<link rel=preload href="{a.json}">`,
	"prefetch":          `<link rel=prefetch href="{a.css}">`,
	"modulepreload":     `<link rel=modulepreload href="{a.mjs}">`,
	"dictionary":        `<link rel=compression-dictionary href="{a.dict}">`,
	"informative links": `<link rel=canonical href="{a.html}"><link rel=alternate href="{b.html}"><link rel=next href="{c.html}">`,
	"hints":             `<link rel=dns-prefetch href="{a.html}"><link rel=preconnect href="{b.html}">`,
	"img":               `<img src="{a.gif}">`,
	"img hidden":        `<img hidden style="display:none" src="{a.gif}">`,
	"img lazy":          `<img loading=lazy src="{a.gif}">`,
	"img srcset":        `<img srcset="{a.gif} 1x">`,
	"picture source":    `<picture><source srcset="{a.gif}"><img src="{b.gif}"></picture>`,
	"picture img":       `<picture><img src="{a.gif}"></picture>`,
	"image":             `<image src="{a.gif}">`,
	"input image":       `<input type=image src="{a.gif}">`,
	"video":             `<video src="{a.mp4}"></video>`,
	"video source":      `<video><source src="{a.mp4}"></video>`,
	"video poster":      `<video poster="{a.gif}"></video>`,
	"audio":             `<audio src="{a.mp3}"></audio>`,
	"track":             `<video crossorigin src="/x.mp4"><track default src="{a.vtt}"></video>`,
	"iframe":            `<iframe src="{a.html}"></iframe>`,
	"frame":             `<html><frameset><frame src="{a.html}"></frameset></html>`,
	"embed":             `<embed src="{a.svg}">`,
	"object":            `<object data="{a.gif}"></object>`,
	"body background":   `<body background="{a.gif}">x`,
	"table backgrounds": `<table background="{a.gif}"><tr background="{b.gif}"><td background="{c.gif}">x</table>`,
	"style element":     `<style>body{background:url({a.gif})}</style>`,
	"style import":      `<style>@import "{a.css}";</style>`,
	"style image-set":   `<style>body{background:image-set("{a.gif}" 1x)}</style>`,
	"style font":        `<style>@font-face{font-family:f;src:url("{a.woff}")}body{font-family:f}</style>x`,
	"style cursor":      `<style>body{cursor:url("{a.gif}"),auto}</style>`,
	"style attribute":   `<p style="background:url('{a.gif}')">x`,
	"svg image":         `<svg><image href="{a.gif}" width=1 height=1 /></svg>`,
	"svg xlink":         `<svg><image xlink:href="{a.gif}" width=1 height=1 /></svg>`,
	"svg use":           `<svg><use href="{a.svg}#g"></use></svg>`,
	"svg script":        `<svg><script href="{a.js}"></script></svg>`,
	"svg style":         `<svg><style>@import "{a.css}";</style></svg>`,
	"svg fill":          `<svg><rect width=9 height=9 fill="url('{a.svg}#g')" /></svg>`,
	"fetch":             `<script>fetch("{a.json}").catch(()=>0)</script>`,
	"xhr":               `<script>var x=new XMLHttpRequest();x.open("GET","{a.json}");x.send()</script>`,
	"eventsource":       `<script>new EventSource("{a.event}")</script>`,
	"websocket":         `<script>new WebSocket("{a.event}")</script>`,
	"beacon":            `<script>navigator.sendBeacon("{a.json}","x")</script>`,
	"new image":         `<script>new Image().src="{a.gif}"</script>`,
	"document.write":    `<script>document.write('<img src="{a.gif}">')</script>`,
	"srcdoc":            `<iframe srcdoc="<img src='{a.gif}'>"></iframe>`,
	"form":              `<form action="{a.html}"></form>`,
	"anchors":           `<a href="{a.html}">x</a><map><area href="{b.html}"></map>`,
	"noscript":          `<noscript><img src="{a.gif}"></noscript>`,
	"template":          `<template><img src="{a.gif}"><script src="{b.js}"></script></template>`,
	"comment":           `<!--<img src="{a.gif}">-->`,
	"text":              `<textarea><img src="{a.gif}"></textarea><xmp><img src="{b.gif}"></xmp>`,
	"json-ld":           `<script type=application/ld+json>{"@context":"{a.json}"}</script>`,
	"base":              `<base href="{a.html}"><img src="b.gif">`,
}

// origins are the kinds of address. The three that are never mixed content
// share one page: its elements stand there three times.
var origins = map[string][]string{
	"http":     {"http://insecure.test/ID/"},
	"ws":       {"ws://insecure.test/ID/"},
	"loopback": {"http://127.0.0.1/ID/"},
	"safe":     {"https://secure.test/ID/", "//secure.test/ID/", "data:text/plain,"},
}

var policies = map[string]string{
	"none":    "",
	"upgrade": "upgrade-insecure-requests",
	"block":   "block-all-mixed-content",
}

func grid() []sample {
	var all []sample
	for element, text := range templates {
		for scheme, from := range origins {
			for policy, csp := range policies {
				all = append(all, sample{
					name: fmt.Sprintf("%s, %s, %s", element, scheme, policy),
					text: repeat(text, from), csp: csp,
				})
			}
		}
	}
	return all
}

var address = regexp.MustCompile(`\{([a-z]\.[a-z0-9]+)\}`)

// repeat writes a template once for every origin.
func repeat(text string, from []string) string {
	var all strings.Builder
	for _, origin := range from {
		all.WriteString(address.ReplaceAllString(text, origin+"$1"))
	}
	return all.String()
}

// fill puts the addresses in and returns the page's body.
func (s sample) fill(id string) string {
	text := repeat(s.text, origins["http"])
	if s.kind == "" && !strings.Contains(text, "<html") {
		text = "<!doctype html>" + text
	}
	return strings.NewReplacer("ID/", id, `ID\`, strings.ReplaceAll(id, "/", `\`)).Replace(text)
}

package cookiecache_test

import "testing"

func BenchmarkOpen(b *testing.B) {
	for _, strategy := range strategies {
		cache := at(b, strategy, now, "secret")
		value := seal(b, cache, true)
		b.Run(string(strategy), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := cache.Open(value); !ok {
					b.Fatal("not accepted")
				}
			}
		})
	}
}

func BenchmarkSeal(b *testing.B) {
	for _, strategy := range strategies {
		cache := at(b, strategy, now, "secret")
		b.Run(string(strategy), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				seal(b, cache, true)
			}
		})
	}
}

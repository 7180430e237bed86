//go:build !headers

package main

func (p *program) addHeaders() {}

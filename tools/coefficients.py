#!/usr/bin/env python3
"""Compute the constants of src/pricing/elementary.hpp and src/pricing/mills_ratio.hpp.

Method: best weighted rational approximation in 60-digit arithmetic (mpmath). P/Q interpolates f;
the nodes move until every lobe of the weighted error (f - P/Q) / weight between neighbouring
nodes has the same height, which is the mark of the minimax approximation (Maehly's node-shifting
form of the Remez idea). Q = 1 gives the polynomial case. Nothing is copied from another library.

Run: python3 tools/coefficients.py     (a few seconds; prints C++ hexadecimal literals)
"""

import mpmath as mp

mp.mp.dps = 60


def interpolate(nodes, values, degree_p, degree_q):
    """P and Q, Q with constant term 1, such that P/Q takes the values at the nodes."""
    size = degree_p + degree_q + 1
    matrix = mp.matrix(size, size)
    for row, (x, value) in enumerate(zip(nodes, values)):
        for j in range(degree_p + 1):
            matrix[row, j] = x**j
        for j in range(degree_q):
            matrix[row, degree_p + 1 + j] = -value * x ** (j + 1)
    solution = mp.lu_solve(matrix, mp.matrix(values))
    p = [solution[j] for j in range(degree_p + 1)]
    q = [mp.mpf(1)] + [solution[degree_p + 1 + j] for j in range(degree_q)]
    return p, q


def evaluate(coefficients, x):
    return mp.polyval(coefficients[::-1], x)


def minimax(f, weight, low, high, degree_p, degree_q, warp=lambda u: u):
    """`warp` maps [0, 1] to itself and places the first nodes densely where f varies fast."""
    count = degree_p + degree_q + 1
    # Angles of the Chebyshev nodes; lobe i lies between borders i and i + 1.
    borders = [mp.mpf(0)] + [(i + mp.mpf(1) / 2) / count for i in range(count)] + [mp.mpf(1)]
    place = lambda u: low + (high - low) * warp((1 - mp.cos(mp.pi * u)) / 2)
    for _ in range(400):
        nodes = [place(u) for u in borders[1:-1]]
        p, q = interpolate(nodes, [f(x) for x in nodes], degree_p, degree_q)
        lobes = []
        for left, right in zip(borders, borders[1:]):
            points = [place(left + (right - left) * mp.mpf(j) / 8) for j in range(9)]
            lobes.append(max(abs(f(x) - evaluate(p, x) / evaluate(q, x)) / weight(x)
                             for x in points))
        if max(lobes) < min(lobes) * mp.mpf("1.05"):
            break
        mean = mp.exp(mp.fsum(mp.log(lobe) for lobe in lobes) / len(lobes))
        widths = [(right - left) * min(max((mean / lobe) ** mp.mpf("0.1"), 0.9), 1.1)
                  for left, right, lobe in zip(borders, borders[1:], lobes)]
        total = mp.fsum(widths)
        borders = [mp.fsum(widths[:i]) / total for i in range(len(widths) + 1)]
    return p, q, max(lobes)


def print_array(name, coefficients):
    print(f"{name}[{len(coefficients)}], constant term first")
    for c in coefficients:
        print(f"    {float(c).hex()},  // {mp.nstr(c, 20)}")


def split_ln2():
    """ln 2 = high + low; high keeps 32 bits so that k * high is exact for |k| < 2^20."""
    high = mp.floor(mp.log(2) * mp.mpf(2) ** 32) / mp.mpf(2) ** 32
    return high, mp.log(2) - high


def exp_tail(r):
    """(e^r - 1 - r) / r^2, by its series where the quotient would cancel."""
    if abs(r) < mp.mpf("1e-6"):
        return mp.fsum(r**j / mp.factorial(j + 2) for j in range(8))
    return (mp.expm1(r) - r) / r**2


def log_tail(z):
    """2 (atanh(s) / s - 1) / z with z = s^2, by its series near zero."""
    if z < mp.mpf("1e-6"):
        return mp.fsum(2 * z**j / (2 * j + 3) for j in range(10))
    s = mp.sqrt(z)
    return 2 * (mp.atanh(s) / s - 1) / z


def mills_ratio(x):
    """(1 - Phi(x)) / phi(x)."""
    return mp.sqrt(mp.pi / 2) * mp.exp(x * x / 2) * mp.erfc(x / mp.sqrt(2))


def main():
    high, low = split_ln2()
    print_array("ln2 high, low", [high, low])
    print_array("1/ln2, 1/sqrt(2 pi)", [1 / mp.log(2), 1 / mp.sqrt(2 * mp.pi)])

    half = mp.log(2) / 2 * mp.mpf("1.0001")
    # The tail enters e^r multiplied by r^2; the weight makes the error of e^r relative and level.
    weight = lambda r: mp.exp(r) / max(r * r, mp.mpf("1e-3"))
    p, _, error = minimax(exp_tail, weight, -half, half, 9, 0)
    print_array("exp_tail", p)
    print(f"    relative error of exp {mp.nstr(error, 3)}")

    z_max = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mp.mpf("1.0001")
    p, _, error = minimax(log_tail, lambda z: mp.mpf(1), mp.mpf(0), z_max, 6, 0)
    print_array("log_tail", p)
    print(f"    relative error of log {mp.nstr(error * z_max / 2, 3)}")

    # Phi(-x) = phi(x) * R(x): an error of R counts multiplied by phi, so the weight lets the
    # relative error grow like 1 / phi(x), up to a cap that keeps sense in the far wings.
    x_max = mp.mpf(38)
    weight = lambda x: mills_ratio(x) * min(mp.exp(x * x / 2), mp.mpf(10) ** 6)
    p, q, error = minimax(mills_ratio, weight, mp.mpf(0), x_max, 7, 8,
                          warp=lambda u: u * 2 / (2 + (1 - u) * x_max))
    leading = q[-1]
    print_array("mills_numerator", [c / leading for c in p])
    print_array("mills_denominator", [c / leading for c in q])
    print(f"    relative error of the Mills ratio {mp.nstr(error, 3)} at 0, "
          f"{mp.nstr(error * 10**6, 3)} in the wings")


if __name__ == "__main__":
    main()

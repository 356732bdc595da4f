"""Prints the holidays that the package `holidays` knows, for calendar_oracle.rs.

Usage: calendar_oracle.py FIRST_YEAR LAST_YEAR CALENDAR…
Each line is `calendar<TAB>date<TAB>name`.
"""

import sys

import holidays


def of_country(code, years):
    country, _, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or None, years=years)


def of_australia(years):
    """The nationwide list, with the working days that every state and territory has off besides."""
    nationwide = of_country("AU", years)
    states = [of_country(f"AU-{state}", years) for state in "ACT NSW NT QLD SA TAS VIC WA".split()]
    common = set.intersection(*(set(state) for state in states))
    return dict(nationwide) | {day: states[0][day] for day in common if day.weekday() < 5}


def days_of(code, years):
    if code == "T2":
        return holidays.financial_holidays("XECB", years=years)
    if code == "AU":
        return of_australia(years)
    return of_country(code, years)


def main():
    first, last, *codes = sys.argv[1:]
    # A day observed for 1 January can be the last day of the year before.
    years = range(int(first), int(last) + 2)
    for code in codes:
        for day, name in sorted(days_of(code, years).items()):
            if day.year <= int(last):
                print(code, day.isoformat(), name, sep="\t")


if __name__ == "__main__":
    main()

# overrideNames package: the names that an override of it may have, the strongest last.
package:
(if package ? links then [ package.links ] else [ ])
++ [
  package.name
  "${package.name}@${package.version}"
]
